import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { DetailRecord, ReadRecord } from './detail-record.ts'
import { readFields, type Fields, type Mapping } from './read-fields.ts'
import { flatten } from './read-freeswitch.ts'
import type { SourceOptions } from './source-options.ts'

const mapping: Mapping = {
  callId: ['call_id', 'callid', 'acc_call_id'],
  legId: ['leg'],
  startedAt: ['started'],
  answeredAt: ['answered'],
  endedAt: ['ended'],
  duration: ['total'],
  sipCallId: ['call_id', 'callid'],
  caller: ['src_user', 'caller', 'from_user', 'caller_id'],
  // In Kamailio's default configuration `dst_ouser` is from To, which the caller can choose freely; a `called` field is preferred.
  called: ['called', 'dst_ouser', 'to_user', 'callee'],
  official: ['dst_user', 'callee_user', 'agent'],
}

/** Field names of the module itself, under which callers' values must not be accepted. */
const moduleFieldNames: ReadonlySet<string> = new Set(
  'timestamp time method from_tag to_tag call_id callid acc_call_id code sip_code created call_start_time duration ms_duration start_time end_time'.split(
    ' ',
  ),
)

/**
 * Reads a line of the acc module of Kamailio (`ACC: transaction answered: …;method=INVITE;…` and one with BYE, `ACC: call
 * missed:`) or OpenSIPS (`ACC: call ended: created=…;call_start_time=…;duration=…`), with any syslog prefix, or the same data
 * as a JSON object (acc_json, event E_ACC_CDR, a record of table acc or cdrs).
 */
export function readAcc(line: string, options: SourceOptions): ReadRecord {
  const text = line.trim()
  if (text === '') return { is: 'nothing' }
  const found = text.startsWith('{') ? fieldsOfJson(text) : fieldsOfLine(text)
  if (found === 'nothing') return { is: 'nothing' }
  if (found === 'not-json' || found === 'not-a-record') return { is: 'problem', reason: found }
  const fields = partOf(found)
  if (!fields) return { is: 'nothing' }
  const read = readFields(fields, { ...options, isPart: true, mapping: { ...mapping, ...options.fields } })
  return read.is === 'record'
    ? { is: 'record', record: { ...read.record, ...transferKeys(read.record, fields) } }
    : read
}

/**
 * Returns the keys that link the dialogs of a transfer by REFER. The new dialog's INVITE names the party that transferred the
 * caller (Referred-By, RFC 3892); that was the official in the call before. With a withheld number the call before cannot be
 * found.
 */
function transferKeys({ caller, official }: DetailRecord, fields: Fields): Partial<DetailRecord> {
  if (official === undefined) return {}
  const by = /sips?:([^@;>]+)@/.exec(fields['referred_by'] ?? '')?.[1]
  const callerNumber = caller === undefined || normalisePhoneNumber(caller).kind === 'withheld' ? undefined : caller
  return {
    ...(callerNumber !== undefined && { partyKey: `${callerNumber} ${official}` }),
    ...(by !== undefined && { transferredByKey: `${callerNumber ?? ''} ${by}` }),
  }
}

function fieldsOfLine(text: string): Fields | 'nothing' | 'not-a-record' {
  const [, event, body] = /ACC: (transaction answered|call missed|call ended|[\w ]+): ?(.*)$/.exec(text) ?? []
  // Unrelated line of the system log.
  if (event === undefined || body === undefined) return 'nothing'
  const pairs = body.split(';').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=')
    return at <= 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]]
  })
  const names = pairs.map(([name]) => name)
  // The module's own fields end with `reason`. Later fields have values that callers write (From, Referred-By), which may contain
  // semicolons. So a name that occurs twice, or one of the module's names after `reason`, is forged.
  const isForged = names.some(
    (name, at) => names.indexOf(name) < at || (moduleFieldNames.has(name) && names.slice(0, at).includes('reason')),
  )
  const fields = Object.fromEntries(pairs) as Fields
  const isWhole = ['method', 'call_id', 'code'].every((name) => fields[name] !== undefined)
  return isForged || !isWhole ? 'not-a-record' : { ...fields, event }
}

function fieldsOfJson(text: string): Fields | 'not-json' {
  try {
    const all = flatten(JSON.parse(text))
    // A JSON-RPC event wraps its parameters.
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name.replace(/^params\./, ''), value]))
  } catch {
    return 'not-json'
  }
}

/** Returns the fields of a leg's start, its end, or the complete leg; undefined for any other transaction. */
function partOf(fields: Fields): Fields | undefined {
  const code = fields['code'] ?? fields['sip_code'] ?? ''
  const time = fields['timestamp'] ?? fields['time'] ?? fields['call_start_time'] ?? ''
  // A dialog is identified by Call-ID and both tags (RFC 3261 section 12); sorted, because either side can send the request. A Call-ID
  // alone may be reused.
  const dialog = ['dialog', ...[fields['from_tag'], fields['to_tag']].filter(Boolean).toSorted()].join(' ')
  const leg = { ...fields, leg: dialog }
  const created = fields['created']
  // OpenSIPS: one record at the end of the call.
  const duration = fields['ms_duration'] ?? fields['duration']
  if (duration !== undefined && (fields['call_start_time'] !== undefined || created !== undefined)) {
    const answered = fields['call_start_time'] ?? time
    const lasted = Number(duration) * (fields['ms_duration'] === undefined ? 1000 : 1)
    const ended = Number.isFinite(lasted) && /^\d+$/.test(answered) ? Number(answered) * 1000 + lasted : undefined
    return { ...leg, started: created ?? answered, answered, ended: ended === undefined ? '' : String(ended) }
  }
  // Kamailio, table cdrs.
  if (fields['start_time'] !== undefined && fields['end_time'] !== undefined)
    return { ...leg, started: fields['start_time'], answered: fields['start_time'], ended: fields['end_time'] }
  const method = fields['method']?.toUpperCase()
  if (method === 'BYE') return { leg: dialog, ended: time, call_id: fields['call_id'] ?? fields['callid'] ?? '' }
  if (method !== 'INVITE') return undefined
  if (/^2\d\d$/.test(code)) return { ...leg, started: created ?? time, answered: time }
  // This target did not answer, but another may have.
  return { ...leg, leg: 'missed', started: created ?? time, ended: time, dst_user: '', callee_user: '', agent: '' }
}
