/** Meanings of the names that capture gives to sources of values and to unclear cases; the names are those of its log. */
import type { Translate } from '../language/use-words.ts'
import type { ClientSends } from './capture-shapes.ts'

export const sourceNames = [
  'apkt',
  'broadWorks',
  'metaswitch',
  'netsapiens',
  'callData',
  'jambonz',
  'builtInBridge',
  'genesys',
  'registry',
  'directory',
  'neither',
  'remainingParticipant',
  'pAssertedIdentity',
  'diversion',
  'from',
  'to',
  'privacy',
  'override',
  'associations',
  'crossed',
  'labelWord',
  'order',
  'none',
] as const

export const reviewNames = [
  'noMetadata',
  'callerUnknown',
  'callerFromSipFrom',
  'severalUnknownParticipants',
  'numberUnknown',
  'numberNotInRegistry',
  'officialNotInDirectory',
  'severalOfficials',
  'officialOnlyListens',
  'officialWithoutStream',
  'vendorContradictsRegistry',
  'streamsByOrder',
  'streamsByLabelWord',
  'streamsContradict',
] as const

/** Returns the meaning of a name, if it has one: names of SIP, SDP and metadata are the client's own. */
export function meaningOf({ kind, name }: Pick<ClientSends, 'kind' | 'name'>, t: Translate): string | undefined {
  if (kind === 'mapping' || kind === 'caller' || kind === 'number' || kind === 'official') {
    const source = sourceNames.find((one) => one === name)
    return source && t(`capture.source.${source}`)
  }
  const reason = kind === 'review' ? reviewNames.find((one) => one === name) : undefined
  return reason && t(`capture.review.${reason}`)
}
