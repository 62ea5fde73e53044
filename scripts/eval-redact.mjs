// `npm run eval:redact -- FILE...`: how much of public test cases `understudy redact` finds, by class. A file is a JSON
// array of {id, entity, text, expected_spans, strength?}, offsets in code points; it is read in place and never copied.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, stop } from './run.mjs'

/** What cases call a class, and what we call it. What we do not claim to find is reported apart. */
const classes = {
  ABA_ROUTING_NUMBER: ['aba_routing'],
  AU_ABN: ['au_abn'],
  AU_ACN: ['au_acn'],
  AU_MEDICARE: ['au_medicare'],
  AU_TFN: ['au_tfn'],
  BIC: ['bic'],
  CA_PASSPORT: ['passport'],
  CA_SIN: ['ca_sin'],
  CREDIT_CARD: ['credit_card'],
  CRYPTO: ['wallet'],
  CRYPTO_ETH: ['wallet'],
  DATE_OF_BIRTH: ['date_of_birth'],
  DE_BSNR: ['de_physician'],
  DE_FUEHRERSCHEIN: ['driving_licence'],
  DE_HEALTH_INSURANCE: ['de_health_insurance'],
  DE_ID_CARD: ['identity_card', 'passport'],
  DE_KFZ: ['vehicle_registration'],
  DE_LANR: ['de_physician'],
  DE_PASSPORT: ['passport', 'identity_card'],
  DE_SOCIAL_SECURITY: ['de_social_security'],
  DE_TAX_ID: ['de_tax_id'],
  DE_TAX_NUMBER: ['de_tax_id'],
  DE_VAT_ID: ['de_vat_id'],
  EMAIL_ADDRESS: ['email'],
  ES_NIE: ['es_nie'],
  ES_NIF: ['es_nif'],
  ES_PASSPORT: ['passport'],
  FI_PERSONAL_IDENTITY_CODE: ['fi_hetu'],
  FR_PASSPORT: ['passport'],
  GB_PASSPORT: ['passport'],
  GB_POSTCODE: ['postal_code', 'postal_address'],
  HEALTH_MEMBER_ID: ['medical_record'],
  IBAN_CODE: ['iban'],
  IMEI: ['imei'],
  IN_AADHAAR: ['in_aadhaar'],
  IN_GSTIN: ['in_gstin'],
  IN_PAN: ['in_pan'],
  IN_PASSPORT: ['passport'],
  IN_VEHICLE_REGISTRATION: ['vehicle_registration'],
  IN_VOTER: ['in_voter'],
  IP_ADDRESS: ['ip_address'],
  IT_DRIVER_LICENSE: ['driving_licence'],
  IT_FISCAL_CODE: ['it_fiscal_code'],
  IT_IDENTITY_CARD: ['identity_card'],
  IT_PASSPORT: ['passport'],
  IT_VAT_CODE: ['it_vat'],
  KR_BRN: ['kr_brn'],
  KR_DRIVER_LICENSE: ['driving_licence'],
  KR_FRN: ['kr_frn'],
  KR_PASSPORT: ['passport'],
  KR_RRN: ['kr_rrn'],
  MAC_ADDRESS: ['mac_address'],
  MEDICAL_LICENSE: ['us_dea'],
  NG_NIN: ['ng_nin'],
  NG_VEHICLE_REGISTRATION: ['vehicle_registration'],
  PASSWORD: ['password'],
  PHONE_NUMBER: ['phone'],
  PH_MOBILE_NUMBER: ['phone'],
  PH_TIN: ['ph_tin'],
  PL_PESEL: ['pl_pesel'],
  SE_ORGANISATIONSNUMMER: ['se_organisation'],
  SE_PERSONNUMMER: ['se_personnummer'],
  SG_NRIC_FIN: ['sg_nric'],
  SG_UEN: ['sg_uen'],
  STREET_ADDRESS: ['postal_address'],
  TH_TNIN: ['th_id'],
  TR_LICENSE_PLATE: ['vehicle_registration'],
  TR_NATIONAL_ID: ['tr_id'],
  TR_PHONE_NUMBER: ['phone'],
  UK_DRIVING_LICENCE: ['driving_licence'],
  UK_NHS: ['uk_nhs'],
  UK_NINO: ['uk_nino'],
  UK_PASSPORT: ['passport'],
  UK_POSTCODE: ['postal_code', 'postal_address'],
  UK_TAXID: ['uk_nino'],
  UK_TRN: ['uk_nino'],
  UK_VEHICLE_REGISTRATION: ['vehicle_registration'],
  US_BANK_NUMBER: ['bank_account'],
  US_DRIVER_LICENSE: ['driving_licence'],
  US_EIN: ['us_ein'],
  US_ITIN: ['us_itin'],
  US_MBI: ['us_mbi'],
  US_NPI: ['us_npi'],
  US_PASSPORT: ['passport'],
  US_SSN: ['us_ssn'],
  US_TAXID: ['us_ein'],
  ZA_ID_NUMBER: ['za_id'],
}

const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const strict = process.argv.includes('--strict')
const shown = process.argv.includes('--misses')
if (files.length === 0) stop('npm run eval:redact -- [--strict] [--misses] FILE...', 2)
const missing = files.find((file) => !existsSync(file))
if (missing) {
  console.log(`${missing} is not there: nothing was evaluated.`)
  process.exit(0)
}

const { redactText } = await import(join(root, 'native', 'binding.js'))
const cases = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')))
const rows = new Map()
const total = {
  strong: row(),
  context: row(),
  weak: row(),
  unmarked: row(),
  negatives: row(),
  'validator negatives': row(),
}
const unclaimed = new Set()
const misses = []
cases.forEach(judge)
print()

/** Adds a case to its class and to what is known of its strength. */
function judge({ id, entity, text, expected_spans: expected, strength, level }) {
  const entityName = entity.split('#')[0]
  const wanted = classes[entityName]
  const found = redactText(text, strict).spans
  if (!wanted && expected.length > 0) return void unclaimed.add(entityName)
  const named = found.filter((span) => wanted?.includes(span.class))
  // A validator of whole values says no to what holds more than the value: for whoever searches a text, that is no negative.
  const kind =
    expected.length > 0 ? (strength ?? 'unmarked') : level ? 'validator negatives' : 'negatives'
  const counts = [of(entityName), total[kind]]
  for (const count of counts) {
    if (expected.length === 0) {
      count.negatives += 1
      count.false += named.length > 0 ? 1 : 0
      count.falseAny += found.length > 0 ? 1 : 0
    }
    for (const [start, end] of expected) {
      count.expected += 1
      count.named += named.some((span) => overlaps(span, [start, end])) ? 1 : 0
      count.covered += isCovered(found, start, end) ? 1 : 0
    }
    count.extra += named.filter((span) => !expected.some((place) => overlaps(span, place))).length
  }
  const missed = expected.some(([start, end]) => !isCovered(found, start, end))
  const wrong = expected.length === 0 && named.length > 0
  if (missed || wrong)
    misses.push(`${missed ? 'missed' : 'false'} ${id} ${entityName} ${strength ?? ''}`)
}

/** Whether a finding and a place share a code point. */
function overlaps(span, [start, end]) {
  return span.start < end && start < span.end
}

/** Whether every code point is under some finding; marks at its ends may be outside. */
function isCovered(found, start, end) {
  let at = start
  for (const span of found) if (span.start <= at + 1 && span.end > at) at = span.end
  return at >= end - 1
}

function of(name) {
  if (!rows.has(name)) rows.set(name, row())
  return rows.get(name)
}

function row() {
  return { expected: 0, named: 0, covered: 0, extra: 0, negatives: 0, false: 0, falseAny: 0 }
}

function print() {
  console.log(
    `${cases.length} cases, ${strict ? 'strict' : 'balanced'}. covered: under any class; recall: under its own.\n`,
  )
  console.log(
    line(['', 'expected', 'covered', 'recall', 'precision', 'negatives', 'false', 'any class']),
  )
  for (const [name, count] of [...rows].sort(([left], [right]) => (left < right ? -1 : 1)))
    console.log(summary(name, count))
  console.log('')
  for (const [name, count] of Object.entries(total)) console.log(summary(name, count))
  if (unclaimed.size > 0) console.log(`\nNot claimed: ${[...unclaimed].sort().join(', ')}`)
  // Which, never what: the texts stay where they are.
  if (shown) console.log(`\n${misses.join('\n')}`)
}

function summary(name, count) {
  const share = (part, whole) => (whole === 0 ? '–' : (part / whole).toFixed(3))
  return line([
    name,
    count.expected,
    share(count.covered, count.expected),
    share(count.named, count.expected),
    share(count.named, count.named + count.extra + count.false),
    count.negatives,
    count.false,
    count.falseAny,
  ])
}

function line([name, ...numbers]) {
  return name.padEnd(28) + numbers.map((number) => String(number).padStart(10)).join('')
}
