/** What layers of policy say together, as the addon reports it. */
export interface PolicyReport {
  readonly valid: boolean
  readonly digest: string
  readonly layers: readonly LayerReport[]
  readonly tracks: readonly { track: string; allowed: boolean; by: readonly string[] }[]
  readonly exclude: readonly ExcludeReport[]
  readonly only: readonly ListReport[]
  readonly trusted: readonly ListReport[]
  readonly detectors: Limit<'balanced' | 'strict'>
  readonly sensitive: readonly ExcludeReport[]
  readonly maxFps: Limit<number>
  readonly directRelease: Limit<boolean>
}

interface LayerReport {
  readonly name: string
  readonly layer?: string
  readonly author?: string
  readonly signature: 'holds' | 'missing' | 'broken'
  readonly problems: readonly string[]
}

interface ExcludeReport {
  readonly kind: string
  readonly name: string
  readonly by: readonly string[]
}

interface ListReport {
  readonly applications: readonly string[]
  readonly by: readonly string[]
}

interface Limit<T> {
  readonly value: T
  readonly by: readonly string[]
}

/**
 * A policy in plain words.
 *
 * @param report - what the addon says of it
 * @param floor - whether to list every name of the floor
 * @returns some lines, without a line feed at the end
 */
export function explainPolicy(report: PolicyReport, floor: boolean): string {
  const tracks = report.tracks.filter(({ allowed }) => allowed).map(({ track }) => track)
  const parts = [
    layers(report.layers),
    tracks.length === 0
      ? `Nothing would be captured.${because(report.tracks.flatMap(({ by }) => by))}`
      : captured(report, tracks),
    excluded(report.exclude, floor),
    limits(report),
    `Digest of the policy in force: ${report.digest}`,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function layers(all: readonly LayerReport[]): string {
  const told = all.flatMap(({ name, layer, author, signature, problems }) => {
    const whose = layer === undefined ? 'nobody knows whose layer' : whoseLayer[layer]
    const signed = author === undefined ? unsigned[signature] : `signed by ${author}`
    const wrong = problems.map((problem) => `    problem: ${problem}`)
    const closed = wrong.length > 0 ? ['    so this layer lets nothing be captured'] : []
    return [`  ${name}: ${whose ?? layer}, ${signed}`, ...wrong, ...closed]
  })
  return ['Layers, each of which can only tighten:', '  the floor, built in', ...told].join('\n')
}

const whoseLayer: Readonly<Record<string, string>> = {
  organisation: "an organisation's layer",
  contributor: "the contributor's layer",
  recording: "this recording's layer",
}

const unsigned: Readonly<Record<LayerReport['signature'], string>> = {
  holds: 'signed',
  missing: 'not signed',
  broken: 'whose signature does not hold',
}

function captured(report: PolicyReport, tracks: readonly string[]): string {
  const spared = report.tracks.filter(({ allowed }) => !allowed)
  const lines = [
    `Captured would be: ${tracks.join(', ')}, as far as the receipt covers them.`,
    ...spared.map(({ track, by }) => `Not ${track}.${because(by)}`),
    ...report.only.map(
      ({ applications, by }) => `Only of ${listed(applications, 'no application')}.${because(by)}`,
    ),
  ]
  return lines.join('\n')
}

/** What leaves nothing; the floor by its kinds, unless every name is asked for. */
function excluded(all: readonly ExcludeReport[], floor: boolean): string {
  const kinds = new Set(all.flatMap(({ by }) => by.filter(isFloor)))
  const ofFloor = [...kinds].map((kind) => {
    const names = all.filter(({ by }) => by.includes(kind))
    const some = `${names.length} applications, titles and addresses`
    const each = floor ? names.map(({ kind: what, name }) => `\n    ${what} ${name}`) : []
    return `  ${kind.slice(floorPrefix.length)}: ${some}${each.join('')}`
  })
  const others = all.flatMap(({ kind, name, by }) => {
    const layers = by.filter((layer) => !isFloor(layer))
    return layers.length === 0 ? [] : [`  ${kind} ${name}${because(layers)}`]
  })
  const more = floor ? '' : ' (--floor lists them)'
  const lines = [
    'Of these there would be no keys, no pixels, no titles:',
    ...others,
    `  by the floor${more}:`,
    ...ofFloor.map((line) => `  ${line}`),
    '  whatever window belongs to nobody known',
  ]
  return lines.join('\n')
}

function limits(report: PolicyReport): string {
  const { detectors, sensitive, maxFps, directRelease, trusted } = report
  const lists = trusted.map(({ applications, by }) => {
    const only = listed(applications, 'no application')
    return `  typed text without a known field is kept of ${only} alone${because(by)}`
  })
  const counted = sensitive.map(({ name, by }) => `  ${name} counts as sensitive${because(by)}`)
  const lines = [
    'Limits:',
    `  at most ${maxFps.value} pictures a second${because(maxFps.by)}`,
    `  detectors: ${detectors.value}${because(detectors.by)}`,
    ...counted,
    ...lists,
    directRelease.value
      ? '  may be released by itself when it stops, unseen'
      : `  released by the contributor alone, never by itself${because(directRelease.by)}`,
  ]
  return lines.join('\n')
}

function because(by: readonly string[]): string {
  const layers = [...new Set(by)]
  return layers.length === 0 ? '' : ` (by ${layers.join(', ')})`
}

function listed(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.join(', ')
}

const floorPrefix = 'floor: '

function isFloor(layer: string): boolean {
  return layer.startsWith(floorPrefix)
}
