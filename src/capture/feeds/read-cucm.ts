import type { ReadRecord } from './detail-record.ts'
import { readFields, type Fields, type Mapping } from './read-fields.ts'
import type { SourceOptions } from './source-options.ts'

const mapping: Mapping = {
  callId: ['global call'],
  legId: ['legs'],
  startedAt: ['dateTimeOrigination'],
  answeredAt: ['dateTimeConnect'],
  endedAt: ['dateTimeDisconnect'],
  caller: ['callingPartyNumber'],
  called: ['originalCalledPartyNumber', 'finalCalledPartyNumber'],
  reached: ['huntPilotDN'],
  official: ['finalCalledPartyNumber'],
  sipCallId: ['incomingProtocolCallRef'],
}

const detailRecord = '1'
const managementRecord = '2'

/**
 * A line of Cisco CUCM's CDR file (cdr_<cluster>_<node>_<date>_<sequence>). Times are seconds since 1970, 0 is none; the
 * second line of each file tells types. Call management records (cmr_…) tell quality and nothing about a call.
 */
export function readCucm(fields: Fields, options: SourceOptions): ReadRecord {
  const field = (name: string) => fields[name]?.trim() ?? ''
  const type = field('cdrRecordType')
  if (type === managementRecord || type.toUpperCase() === 'INTEGER') return { is: 'nothing' }
  if (type !== detailRecord) return { is: 'problem', reason: 'not-a-record' }
  const [origin, destination] = [field('origLegCallIdentifier'), field('destLegCallIdentifier')]
  const ids = [field('globalCallId_ClusterID'), field('globalCallID_callManagerId'), field('globalCallID_callId')]
  const refs = [destination, origin].filter((leg) => leg !== '' && leg !== '0').map((leg) => `refci:${leg}`)
  return readFields(
    {
      ...fields,
      'global call': ids[2] === '' ? '' : ids.join(' '),
      legs: `${origin} ${destination}`,
      // A call that nobody took names its last target all the same.
      ...(['', '0'].includes(field('dateTimeConnect')) && { finalCalledPartyNumber: '' }),
      'final number': field('finalCalledPartyNumber'),
    },
    {
      ...options,
      sharedIds: refs,
      mapping: { ...mapping, called: [...(mapping.called ?? []), 'final number'], ...options.fields },
    },
  )
}
