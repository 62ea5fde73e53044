// `node scripts/browsers.mjs [FOLDER]`: what browsers call their private windows, in each of their languages, in
// crates/core/src/policy/floor/private.txt. Run by hand on Debian, when browsers have changed their words.
//
// From the packages chromium-common, chromium-l10n, firefox-esr and firefox-esr-l10n-*, as apt gives them: downloaded into FOLDER,
// where they are not there yet, and unpacked there (1.6 GB; without FOLDER they go when it is done); nothing is installed. Of Chromium the messages that are named below, out of
// locales/*.pak; of Firefox those of browser.ftl, with its name as brand.ftl has it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { Buffer } from 'node:buffer'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { output, root, say, stop } from './run.mjs'

const target = join(root, 'crates/core/src/policy/floor/private.txt')
const chromium = {
  IDS_ACCESSIBLE_INCOGNITO_WINDOW_TITLE_FORMAT: 'incognito',
  IDS_ACCESSIBLE_GUEST_WINDOW_TITLE_FORMAT: 'guest',
  IDS_ACCESSIBLE_BROWSER_WINDOW_TITLE_FORMAT: 'browser',
  IDS_NEW_INCOGNITO_TAB_TITLE: 'tab',
  IDS_NEW_TAB_OTR_TITLE: 'tab',
}
const firefox = {
  'browser-main-private-window-title': 'window',
  'browser-main-private-suffix-for-content': 'suffix',
}
const kinds = ['window', 'suffix', 'browser', 'incognito', 'guest', 'tab']

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'browsers-'))
const tree = join(folder, 'tree')
const packages = ['chromium-common', 'chromium-l10n', 'firefox-esr', ...languagePacks()]
const versions = unpack(packages)
/** Kind, a tab, words: the languages in which they are said. */
const found = new Map()
readChromium()
readFirefox()
write()
if (process.argv[2] === undefined) rmSync(folder, { recursive: true })

function languagePacks() {
  const told = output('apt-cache', ['depends', 'firefox-esr-l10n-all']) ?? ''
  const names = [...told.matchAll(/Depends: (firefox-esr-l10n-\S+)/g)].map(([, name]) => name)
  return names.length > 0 ? names : stop('apt does not know firefox-esr-l10n-all.')
}

/** Downloads and unpacks; answers the versions of the two browsers. */
function unpack(names) {
  mkdirSync(tree, { recursive: true })
  const archive = (name) => readdirSync(folder).find((file) => file.startsWith(`${name}_`))
  const missing = names.filter((name) => archive(name) === undefined)
  if (missing.length > 0) {
    say(`apt-get download of ${missing.length} packages into ${folder}`)
    if (spawnSync('apt-get', ['download', ...missing], { cwd: folder }).status !== 0) {
      stop('apt-get download failed.')
    }
  }
  for (const name of names) {
    const { status } = spawnSync('dpkg', ['-x', join(folder, archive(name)), tree])
    if (status !== 0) stop(`${name} cannot be unpacked.`)
  }
  const version = (name) => decodeURIComponent(archive(name).split('_')[1]).replace(/-.*/, '')
  return `Chromium ${version('chromium-l10n')} and Firefox ${version('firefox-esr')}`
}

function tell(kind, words, language) {
  // As the engine compares them; what stands for a name stays as it is.
  const seen = words.replace(/\p{Cf}|[\ufe00-\ufe0f]/gu, '').replace(/\p{Pd}|\u2212/gu, '-')
  const plain = seen.toLowerCase().replace(/\s+/g, ' ').trim()
  if (plain.length < 2 || /[\t*]/.test(plain))
    stop(`${language}: ${JSON.stringify(words)} cannot be told.`)
  const key = `${kind}\t${plain}`
  found.set(key, [...(found.get(key) ?? []), language])
}

function readChromium() {
  const locales = join(tree, 'usr/lib/chromium/locales')
  for (const file of readdirSync(locales).filter((file) => file.endsWith('.pak'))) {
    // Those for a gender hold what differs by it alone, and of their titles nothing does.
    if (file.includes('_')) continue
    const texts = messages(readFileSync(join(locales, file)))
    const names = readFileSync(join(locales, `${file}.info`), 'utf8').split('\n')
    for (const [name, kind] of Object.entries(chromium)) {
      const number = names.find((line) => line.startsWith(`${name},`))?.split(',')[1]
      const text = texts.get(Number(number)) ?? stop(`${file} has no ${name}.`)
      if (kind !== 'tab' && !text.includes('$1')) stop(`${file}: ${name} names no page.`)
      // What stands before the page's title may be anything.
      const behind = kind === 'tab' ? text : text.slice(text.indexOf('$1') + 2)
      const words = kind === 'browser' ? behind.replace(/^[^\p{L}]+|[^\p{L}\p{M}]+$/gu, '') : behind
      tell(kind, words, file.slice(0, -4))
    }
  }
}

/** The messages of a .pak file by their numbers: version 5, UTF-8. */
function messages(bytes) {
  if (bytes.readUInt32LE(0) !== 5 || bytes[4] !== 1) stop('A .pak file of another version.')
  const [resources, aliases] = [bytes.readUInt16LE(8), bytes.readUInt16LE(10)]
  const [at, behind] = [(index) => 12 + index * 6, 12 + (resources + 1) * 6]
  const text = (index) =>
    bytes.toString('utf8', bytes.readUInt32LE(at(index) + 2), bytes.readUInt32LE(at(index + 1) + 2))
  const all = new Map()
  for (let index = 0; index < resources; index++)
    all.set(bytes.readUInt16LE(at(index)), text(index))
  for (let alias = behind; alias < behind + aliases * 4; alias += 4) {
    all.set(bytes.readUInt16LE(alias), text(bytes.readUInt16LE(alias + 2)))
  }
  return all
}

function readFirefox() {
  const english = join(tree, 'usr/lib/firefox-esr/browser/omni.ja')
  const packs = join(tree, 'usr/lib/firefox-esr/browser/extensions')
  const files = existsSync(packs)
    ? readdirSync(packs).filter((file) => file.startsWith('langpack-'))
    : []
  if (files.length < 50) stop('There are too few language packs.')
  tellFirefox(readFileSync(english), 'en-US')
  for (const file of files) {
    tellFirefox(readFileSync(join(packs, file)), /^langpack-([^@]+)@/.exec(file)[1])
  }
}

function tellFirefox(archive, language) {
  const entries = unzip(archive)
  const texts = {
    ...fluent(entries, 'branding/brand.ftl'),
    ...fluent(entries, 'browser/browser.ftl'),
  }
  for (const [name, kind] of Object.entries(firefox)) {
    // What is not translated is English.
    if (texts[name] === undefined) continue
    tell(kind, resolve(texts[name], texts, {}), language)
  }
}

/** Messages of a Fluent file by their names, attributes as `name.attribute`. */
function fluent(entries, path) {
  const entry = [...entries.keys()].find((name) => name.endsWith(path)) ?? ''
  const text = entries.get(entry)?.() ?? stop(`There is no ${path}.`)
  const texts = {}
  for (const [, name, body] of text.matchAll(/^(-?[a-z][\w-]*) *=((?:.*)(?:\n(?:[ }].*)?)*)/gm)) {
    const [value, ...attributes] = body.split(/\n +\.(?=[a-z][\w-]* *=)/)
    texts[name] = value.trim()
    for (const attribute of attributes) {
      const [key, ...rest] = attribute.split('=')
      texts[`${name}.${key.trim()}`] = rest.join('=').trim()
    }
  }
  return texts
}

/** A message as it reads on Linux. Braces lie in braces: taken from the outermost one inwards. */
function resolve(text, texts, values) {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '{') {
      out += text[at]
      continue
    }
    const end = closing(text, at)
    out += placeable(text.slice(at + 1, end).trim(), texts, values)
    at = end
  }
  return out.trim()
}

function closing(text, from) {
  for (let at = from, depth = 0; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  return stop(`Braces do not match: ${text}`)
}

function placeable(inner, texts, values) {
  const choice = /^([^{}]*?)->([^]*)$/.exec(inner)
  if (choice !== null) {
    const variants = variantsOf(choice[2])
    const wanted = selector(choice[1].trim(), texts, values)
    const variant =
      variants.find(({ key }) => key === wanted) ?? variants.find(({ usual }) => usual)
    return resolve(variant.text, texts, values)
  }
  const literal = /^"(.*)"$/.exec(inner)
  if (literal !== null) return literal[1]
  const term = /^(-[\w-]+)(?:\((\w+): *"(\w+)"\))?$/.exec(inner) ?? stop(`Not understood: ${inner}`)
  const value = texts[term[1]] ?? stop(`There is no ${term[1]}.`)
  return resolve(value, texts, term[2] === undefined ? {} : { [term[2]]: term[3] })
}

function selector(text, texts, values) {
  if (text === 'PLATFORM()') return 'linux'
  return text.startsWith('$') ? values[text.slice(1)] : texts[text]
}

function variantsOf(text) {
  const variants = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const key = depth === 0 ? /^(\*?)\[([\w-]+)\]/.exec(text.slice(at)) : null
    if (key !== null) {
      variants.push({ key: key[2], usual: key[1] !== '', text: '' })
      at += key[0].length - 1
      continue
    }
    if (text[at] === '{') depth++
    if (text[at] === '}') depth--
    if (variants.length > 0) variants.at(-1).text += text[at]
  }
  return variants.map((variant) => ({ ...variant, text: variant.text.trim() }))
}

/** The entries of a ZIP archive by their names; Firefox' own has its list of them in front. */
function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const entries = new Map()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field))
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)]
    const local = bytes.readUInt32LE(at + 42)
    entries.set(bytes.toString('utf8', at + 46, at + 46 + name), () => {
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
      const packed = bytes.subarray(start, start + size)
      return (method === 0 ? packed : inflateRawSync(packed)).toString('utf8')
    })
    at += 46 + name + extra + comment
  }
  return entries
}

function write() {
  const rows = [...found].map(([key, languages]) => [
    ...key.split('\t'),
    languages.sort().join(' '),
  ])
  const rank = ([kind]) => kinds.indexOf(kind)
  rows.sort((one, other) => rank(one) - rank(other) || (one[2] < other[2] ? -1 : 1))
  const head = [
    '# What browsers call their private windows, in each of their languages: single titles, as facts.',
    `# From ${versions}, as Debian packages them: made by scripts/browsers.mjs, which says of what.`,
    '# A line: what it says, the words in plain form, the languages that say it so. `window`: the title of a Firefox that shows no page.',
    '# `suffix`: what stands behind a page on macOS. `browser`: what Chromium is called. `incognito`, `guest`: what it puts behind a title.',
    '# `tab`: a private tab that shows no page.',
  ]
  writeFileSync(target, [...head, ...rows.map((row) => row.join('\t')), ''].join('\n'))
  const languages = new Set(rows.flatMap((row) => row[2].split(' ')))
  console.log(`${target}: ${rows.length} lines, of ${languages.size} languages`)
}
