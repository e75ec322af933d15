/**
 * Whose call a session is of, where calls before it have one of its ids. Ids come from callers' telephones, too, so that two callers'
 * calls may have the same (docs/decisions/0111). In: what the session tells of its parties, and the segments under its ids. Out: the
 * one whose contact it continues. Pure.
 */
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { EarlierSegment } from '../machine/describe-segment.ts'

type Caller = SegmentFacts['caller']

/** What capture remembers of a segment. */
export interface RememberedSegment extends EarlierSegment {
  segmentId: string
  /** Absent for calls written down by a version that knew no trunks. */
  trunk: string | undefined
  /** From whoAnswers() of recent-calls.ts. */
  official: string | undefined
  live: boolean
  /** Absent while it goes on, and where nobody has told. */
  endedAt?: Temporal.Instant | undefined
  recordingId: string | undefined
  /** Caller or official has forbidden its use (R49). */
  forbidden: boolean
}

export interface ToldParties {
  /** Absent where nobody tells who calls. */
  caller: Caller | undefined
  /** Of everybody who is told to be in the session. */
  numbers: readonly PhoneNumberKey[]
}

/** A call is passed on while it goes on; where no caller's number says that it is the same, it is so for this long after. */
const passedOnWithin = { minutes: 5 }

/** Returns true for two callers of whom it is told that they are not the same. */
export function isAnotherCaller(one: Caller, other: Caller): boolean {
  return isTold(one) && isTold(other) && one.key !== other.key
}

/** A withheld number is told, and is none. */
function isTold({ kind, key }: Caller): boolean {
  return key !== null || kind === 'withheld'
}

/**
 * The latest segment of the contact that a session continues.
 * @param known segments under its ids, in order of arrival
 * @returns `others` where each of them is another caller's, or nothing says which of several it is
 */
export function findOwnCall(
  known: readonly RememberedSegment[],
  { caller, numbers }: ToldParties,
  now: Temporal.Instant,
): RememberedSegment | 'others' | undefined {
  if (known.length === 0) return undefined
  const contacts = [...Map.groupBy(known, ({ contactId }) => contactId).values()]
  const callsAgain = (segment: RememberedSegment) => caller?.key != null && segment.caller.key === caller.key
  const same = contacts.findLast((segments) => segments.some(callsAgain))
  if (same) return same.at(-1)
  const goesOn = ({ live, endedAt }: RememberedSegment) =>
    live || endedAt === undefined || Temporal.Instant.compare(endedAt.add(passedOnWithin), now) >= 0
  const could = contacts.filter((segments) => {
    if (!segments.some(goesOn)) return false
    const isHere = segments.some(({ caller: { key } }) => key !== null && numbers.includes(key))
    const hasAnswered = segments.some(({ official }) => official !== undefined && official === caller?.key)
    return isHere || hasAnswered || !caller || segments.every((segment) => !isAnotherCaller(segment.caller, caller))
  })
  return could.length === 1 ? could[0]!.at(-1) : 'others'
}
