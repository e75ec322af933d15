/** Builds SIPREC metadata of a planned call, and the headers that name the caller. */
import type { CallPlan } from './call-plan.ts'
import type { Official } from './people.ts'
import type { Identifiers } from './random.ts'
import type { MetadataParticipant, RecordingMetadata } from './recording-metadata.ts'
import type { Header } from './sip-message.ts'

const host = 'puhelut.seloste.example'
/** Labels of the streams by speaker, whatever the order of the streams. */
export const labels = { caller: '1', official: '2' } as const

/** One official's segment of a call: the first who answered, or the one to whom it was transferred. */
export type Leg = {
  readonly group: { readonly id: string; readonly startedAt: Date }
  readonly startedAt: Date
  readonly number: string
  readonly official: Pick<Official, 'name' | 'phone' | 'language'>
}

/** Leaves out the official, for a time at which the official is not known. */
export const withoutOfficial = (metadata: RecordingMetadata): RecordingMetadata => ({
  ...metadata,
  participants: metadata.participants.filter(({ sends }) => sends !== metadata.streams[1]!.id),
})

const aorOf = (number: string) => `sip:${number}@${host};user=phone`

/** Headers in which the telephone network names the caller. */
export function identityHeaders({ withheld, caller }: CallPlan): Header[] {
  const asserted: Header = ['P-Asserted-Identity', `<${aorOf(caller)}>`]
  return withheld ? [asserted, ['Privacy', 'id']] : [asserted]
}

export function describeLeg(plan: CallPlan, ids: Identifiers, leg: Leg, answeredAt: Date): RecordingMetadata {
  const [callerStream, officialStream] = [ids.uuid(), ids.uuid()]
  const { official, number } = leg
  const caller: MetadataParticipant = {
    id: ids.uuid(),
    aor: plan.withheld ? 'sip:anonymous@anonymous.invalid' : aorOf(plan.caller),
    ...(plan.withheld ? { name: 'Anonymous' } : {}),
    joinedAt: leg.startedAt,
    ...(plan.saysWhoCalls ? { calling: true } : {}),
    sends: callerStream,
    receives: officialStream,
  }
  const answering: MetadataParticipant = {
    id: ids.uuid(),
    aor: aorOf(official.phone),
    name: official.name,
    language: official.language,
    joinedAt: answeredAt,
    ...(plan.saysWhoCalls ? { calling: false } : {}),
    sends: officialStream,
    receives: callerStream,
  }
  const called: MetadataParticipant = { id: ids.uuid(), aor: aorOf(number), joinedAt: leg.startedAt }
  return {
    groupId: leg.group.id,
    groupStartedAt: leg.group.startedAt,
    sessionId: ids.uuid(),
    sipSessionId: `${ids.hex(16)};remote=${ids.hex(16)}`,
    startedAt: leg.startedAt,
    participants: plan.officialFirst ? [called, answering, caller] : [caller, answering, called],
    streams: [
      { id: callerStream, label: labels.caller },
      { id: officialStream, label: labels.official },
    ],
  }
}
