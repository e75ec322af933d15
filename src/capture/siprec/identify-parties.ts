/**
 * Identifies the parties of a recorded call. Vendor extensions take precedence. Otherwise each participant is searched in the
 * number registry (the service number called) and in the directory (the official), and the one found in neither is the caller.
 * SIP headers come last. A trunk may put the participants or the headers first. A caller who asked for privacy stays withheld
 * whatever else was sent (AC9). Nothing here refuses a call: uncertainty is reported in `needsReview`.
 */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import {
  activeParticipants,
  awaitsAnswer,
  hasNoStream,
  isConnected,
  isSpeaking,
  findParticipants,
  formerNumbers,
  onlyListens,
  participantWith,
  type Candidate,
} from './active-participants.ts'
import { claimRoles, claimsOutgoing } from './claim-roles.ts'
import type { IdentifiedParties, IdentifyOptions, Party, ReviewReason } from './identified-parties.ts'
import { mapStreams } from './map-streams.ts'
import { copiedHeaders, readNumber, withheldNumber, type Evidence, type Normalise } from './party-evidence.ts'
import { isPrivacyRequested } from './read-privacy.ts'
import { readAddresses } from './read-header-value.ts'
import { isUnverified } from './read-verification.ts'

interface Draft<N, O> {
  caller?: Party
  number?: Party<N>
  official?: Party<O>
  review: Set<ReviewReason>
}

export function identifyParties<N, O>(given: Evidence<N, O>, options: IdentifyOptions): IdentifiedParties<N, O> {
  const evidence = { ...given, normalise: cacheNormaliser(given.normalise) }
  const draft: Draft<N, O> = { review: new Set() }
  const candidates = activeParticipants(evidence)
  const placeholders = (evidence.metadata?.participants.length ?? 0) > 0 && candidates.length === 0
  const first = options.identityFirst ?? 'vendor'
  if (first === 'headers') applyHeaders(evidence, candidates, draft, { asserted: true })
  if (first === 'participants') applyParticipants(evidence, candidates, draft)
  applyClaims(evidence, candidates, draft)
  applyParticipants(evidence, candidates, draft)
  applyHeaders(evidence, candidates, draft)
  applyDirectNumber(evidence, draft)
  assignRemainingRole(candidates, draft)
  if (isPrivacyRequested(evidence, draft.caller)) {
    const { participantId } = draft.caller ?? {}
    draft.caller = { number: withheldNumber, source: 'privacy', ...(participantId ? { participantId } : {}) }
    draft.review.delete('callerFromSipFrom')
  }
  const isReported = /^(?:builtInBridge|genesys)$/.test(draft.caller?.source ?? '') && draft.official !== undefined
  if (candidates.length === 0 && !placeholders && !isReported) draft.review.add('noMetadata')
  if (!draft.caller) draft.review.add('callerUnknown')
  if (!draft.number) draft.review.add('numberUnknown')
  const mapping = mapStreams(evidence, options, {
    callerId: draft.caller?.participantId,
    otherIds: candidates.map(({ participant }) => participant.id).filter((id) => id !== draft.caller?.participantId),
  })
  for (const reason of mapping.needsReview) draft.review.add(reason)
  const { caller, number, official } = draft
  const former = formerNumbers(evidence, candidates)
  const areNumbered = outsidersOf(evidence, candidates).every(isNumbered)
  return {
    direction: directionOf(evidence, draft, candidates),
    ...(caller ? { caller } : {}),
    ...(caller && isUnverified(evidence, caller) ? { isUnverified: true } : {}),
    from: numbersFrom(evidence).flatMap(({ key }) => key ?? []),
    ...(number ? { number } : {}),
    ...(official ? { official } : {}),
    awaitsAnswer: awaitsAnswer(evidence, candidates),
    connected: {
      caller: isConnected(evidence.metadata, candidates, caller?.participantId),
      officials: candidates.flatMap(({ numbers }) => {
        const found = findParticipants(evidence, numbers)
        return found?.role === 'official' ? [found.entry] : []
      }),
      // None if the caller withholds the number, because it may be among these (AC9).
      numbers:
        caller?.number.kind === 'withheld'
          ? []
          : candidates.flatMap(({ numbers }) => numbers.flatMap(({ key }) => key ?? [])),
      ...voicesOf(evidence, candidates, draft),
      ...(caller?.number.kind === 'withheld'
        ? { left: [], displaced: [], outsiders: [] }
        : {
            left: keysOf(former.filter(({ is }) => is === 'left')),
            displaced: keysOf(former.filter(({ is }) => is === 'displaced')),
            outsiders: numbersOutside(evidence, candidates),
          }),
      waiting: waitingOutsiders(evidence, candidates),
      replaced: keysOf(former.filter(({ is }) => is === 'unsure' || !areNumbered)),
    },
    streams: mapping.streams,
    sources: {
      ...(caller ? { caller: caller.source } : {}),
      ...(number ? { number: number.source } : {}),
      ...(official ? { official: official.source } : {}),
      streams: mapping.source,
    },
    needsReview: [...draft.review],
  }
}

/** Caches the normaliser: the same few texts are normalised many times, and this is the most expensive step. */
function cacheNormaliser(normalise: Normalise): Normalise {
  const known = new Map<string, PhoneNumber>()
  return (raw) => {
    const number = known.get(raw) ?? normalise(raw)
    known.set(raw, number)
    return number
  }
}

/** Applies vendor extensions. `called` becomes number or official by lookup; an unknown called number is kept (R7). */
function applyClaims<N, O>(evidence: Evidence<N, O>, candidates: readonly Candidate[], draft: Draft<N, O>): void {
  let unlisted: Party | undefined
  const { personOf = (entry: O): unknown => entry } = evidence.directory
  const present = new Set<unknown>()
  for (const { participant, numbers } of candidates) {
    const found = findParticipants(evidence, numbers)
    if (found?.role === 'official' && !onlyListens(evidence, participant.id)) present.add(personOf(found.entry))
  }
  const gone = new Set((evidence.metadata?.participants ?? []).map(({ id }) => id))
  for (const { participant } of candidates) gone.delete(participant.id)
  /**
   * Returns true for an official who was called or answered first, if the client reports that they left, or if only other
   * officials are present.
   */
  const hasLeft = (entry: O, participantId = '') =>
    gone.has(participantId) || (present.size > 0 && !present.has(personOf(entry)))
  for (const claim of claimRoles(evidence)) {
    const { number, source } = claim
    const participantId = claim.participantId ?? participantWith(number, candidates)
    const party = { number, source, ...(participantId ? { participantId } : {}) }
    const found = findParticipants(evidence, [number])
    if (claim.role === 'caller') {
      draft.caller ??= party
      if (found?.role === 'number') draft.review.add('vendorContradictsRegistry')
    } else if (found?.role === 'number') draft.number ??= { ...party, entry: found.entry }
    else if (claim.role === 'redirected') continue
    else if (found?.role === 'official') {
      if (!hasLeft(found.entry, participantId)) draft.official ??= { ...party, entry: found.entry }
    } else if (claim.role === 'called' && number.kind !== 'withheld') unlisted ??= party
  }
  // Participants may still show the registered number; only otherwise is an unlisted one used.
  const registered =
    draft.number ?? candidates.find(({ numbers }) => findParticipants(evidence, numbers)?.role === 'number')
  if (unlisted && !registered) {
    draft.number = unlisted
    draft.review.add('numberNotInRegistry')
  }
}

/** Searches each participant in the registry, then in the directory. One found in neither is the caller. */
function applyParticipants<N, O>(evidence: Evidence<N, O>, candidates: readonly Candidate[], draft: Draft<N, O>): void {
  const unknown: Candidate[] = []
  const officials: (Party<O> & { joinedMs: number })[] = []
  for (const candidate of candidates) {
    const { id } = candidate.participant
    const found = findParticipants(evidence, candidate.numbers)
    if (id === draft.caller?.participantId) continue
    if (found?.role === 'number')
      draft.number ??= { number: found.number, source: 'registry', participantId: id, entry: found.entry }
    else if (found)
      officials.push({
        number: found.number,
        source: 'directory',
        participantId: id,
        entry: found.entry,
        joinedMs: candidate.joinedMs,
      })
    else unknown.push(candidate)
  }
  const speaking = officials.filter(({ participantId }) => !onlyListens(evidence, participantId!))
  if (speaking.length < officials.length) draft.review.add('officialOnlyListens')
  if (!draft.official && officials.length > 0) {
    // After a transfer the official who joined last has the call.
    const { joinedMs: last, ...official } = (speaking.length > 0 ? speaking : officials).reduce((best, next) =>
      next.joinedMs >= best.joinedMs ? next : best,
    )
    draft.official = official
    if (speaking.filter(({ joinedMs }) => joinedMs === last).length > 1) draft.review.add('severalOfficials')
  }
  if (!draft.caller) chooseCaller(evidence, unknown, draft)
}

function chooseCaller<N, O>(evidence: Evidence<N, O>, unknown: readonly Candidate[], draft: Draft<N, O>): void {
  const asserted = assertedNumbers(evidence).map(({ key }) => key)
  const best =
    unknown.find(({ numbers }) => numbers[0]?.kind === 'withheld') ??
    unknown.find(({ numbers }) => numbers.some(({ key }) => key !== null && asserted.includes(key))) ??
    unknown[0]
  if (!best) return
  if (unknown.length > 1 && best === unknown[0]) draft.review.add('severalUnknownParticipants')
  const number = best.numbers.find(({ kind }) => kind !== 'unparsed') ?? best.numbers[0]
  draft.caller = {
    number: number ?? { kind: 'unparsed', key: null, raw: '' },
    source: 'neither',
    participantId: best.participant.id,
  }
}

/**
 * Fills gaps from headers: the number that was diverted or called, and the asserted caller. `asserted`: ignores the caller of
 * From, which in most clients is the client itself.
 */
function applyHeaders<N, O>(
  evidence: Evidence<N, O>,
  candidates: readonly Candidate[],
  draft: Draft<N, O>,
  { asserted: onlyAsserted = false } = {},
): void {
  if (!draft.number?.entry) {
    for (const [source, numbers] of [
      ['diversion', numbersIn(evidence, 'diversion')],
      ['to', numbersIn(evidence, 'to')],
    ] as const) {
      const found = findParticipants(evidence, numbers)
      if (found?.role !== 'number') continue
      draft.number = { number: found.number, source, entry: found.entry }
      draft.review.delete('numberNotInRegistry')
      break
    }
  }
  if (draft.caller && (draft.caller.number.key !== null || draft.caller.number.kind === 'withheld')) return
  const withParticipant = (number: PhoneNumber) => {
    const participantId = draft.caller?.participantId ?? participantWith(number, candidates)
    return { number, ...(participantId ? { participantId } : {}) }
  }
  const asserted = assertedNumbers(evidence).find((number) => isUnknownNumber(evidence, number))
  const from = onlyAsserted ? undefined : numbersFrom(evidence)[0]
  if (asserted) draft.caller = { ...withParticipant(asserted), source: 'pAssertedIdentity' }
  else if (from) {
    draft.caller = { ...withParticipant(from), source: 'from' }
    draft.review.add('callerFromSipFrom')
  }
}

/** BroadWorks, Webex: a call that was not passed on by a queue or hunt group was to the called party's own number (R7). */
function applyDirectNumber<N, O>(evidence: Evidence<N, O>, draft: Draft<N, O>): void {
  const { broadWorks } = evidence.metadata?.vendor ?? {}
  if (draft.number || broadWorks?.callType !== 'terminating') return
  const { acdNumber, originallyCalled, lastRedirectedBy, redirectedFrom, calledPartyNumber } = broadWorks
  const number = readNumber(calledPartyNumber, evidence.normalise)
  if ((acdNumber ?? originallyCalled ?? lastRedirectedBy ?? redirectedFrom) !== undefined || number?.key == null) return
  draft.number = { number, source: 'broadWorks' }
  draft.review.add('numberNotInRegistry')
}

function isUnknownNumber<N, O>(evidence: Evidence<N, O>, number: PhoneNumber): boolean {
  return number.key !== null && number.kind !== 'address' && !findParticipants(evidence, [number])
}

function numbersFrom<N, O>(evidence: Evidence<N, O>): PhoneNumber[] {
  return numbersIn(evidence, 'from').filter((number) => isUnknownNumber(evidence, number))
}

function assertedNumbers(evidence: Evidence): PhoneNumber[] {
  return numbersIn(evidence, 'p-asserted-identity')
}

/** Returns numbers of the INVITE's own header, then of the original call's, as copied by Oracle. */
function numbersIn(evidence: Evidence, name: string): PhoneNumber[] {
  const copied = (evidence.metadata?.participants ?? []).flatMap((participant) => copiedHeaders(participant, name))
  return readAddresses([...evidence.headers(name), ...copied])
    .map(({ uri }) => readNumber(uri, evidence.normalise))
    .filter((number) => number !== undefined)
}

/** Assigns the remaining role if there are two participants and the role of one is known. */
function assignRemainingRole<N, O>(candidates: readonly Candidate[], draft: Draft<N, O>): void {
  const assigned = [draft.caller?.participantId, draft.number?.participantId, draft.official?.participantId]
  const free = candidates.filter(({ participant }) => !assigned.includes(participant.id))
  if (free.length !== 1) return
  const { participant, numbers } = free[0]!
  if (draft.caller && !draft.caller.participantId) draft.caller = { ...draft.caller, participantId: participant.id }
  else if (draft.caller && !draft.official && numbers[0]) {
    draft.official = { number: numbers[0], source: 'remainingParticipant', participantId: participant.id }
    draft.review.add('officialNotInDirectory')
  }
}

/**
 * Returns the parties heard in addition to the caller. A party that has a role only by elimination (no directory entry) is not
 * a third party. If no participant has the caller's number, one participant is the caller, and not a third party.
 */
function voicesOf<N, O>(
  evidence: Evidence<N, O>,
  candidates: readonly Candidate[],
  { caller, number, official, review }: Draft<N, O>,
): Pick<IdentifiedParties<N, O>['connected'], 'voices' | 'withoutStream' | 'listening' | 'thirdParties'> {
  const roles = new Set([caller, number, official].map((party) => party?.participantId))
  const voices = new Map<string, Party<O>>()
  const thirdParties = new Set<string>()
  const [listening, withoutStream]: [O[], O[]] = [[], []]
  const { personOf = (entry: O): unknown => entry } = evidence.directory
  /** Officials who speak on at least one of their legs. */
  const speaking = new Set<unknown>()
  for (const { participant, numbers } of candidates) {
    const { id } = participant
    if (id === caller?.participantId) continue
    const found = findParticipants(evidence, numbers)
    if (found?.role === 'official') {
      if (isConnected(evidence.metadata, candidates, id)) {
        const key = found.number.key ?? id
        voices.set(key, { number: found.number, source: 'directory', participantId: id, entry: found.entry })
        if (onlyListens(evidence, id)) listening.push(found.entry)
        else if (hasNoStream(evidence.metadata, id)) withoutStream.push(found.entry)
        else speaking.add(personOf(found.entry))
      }
    } else if (!found && !roles.has(id) && isSpeaking(evidence.metadata, id)) thirdParties.add(numbers[0]?.key ?? id)
  }
  const callers = caller && caller.participantId === undefined ? 1 : 0
  const isNotHeard = (entry: O) => !speaking.has(personOf(entry))
  const unlinked = withoutStream.filter(isNotHeard)
  if (unlinked.length > 0) review.add('officialWithoutStream')
  return {
    ...{ voices: [...voices.values()], withoutStream: unlinked, listening: listening.filter(isNotHeard) },
    thirdParties: Math.max(0, thirdParties.size - callers),
  }
}

/** Returns the people from outside who are heard. */
function outsidersOf(evidence: Evidence, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(
    ({ participant, numbers }) => !findParticipants(evidence, numbers) && isSpeaking(evidence.metadata, participant.id),
  )
}

/**
 * Returns the numbers of people from outside who were heard and no longer are, while somebody else from outside is; null for a
 * number that is withheld.
 */
function waitingOutsiders(evidence: Evidence, candidates: readonly Candidate[]): (PhoneNumberKey | null)[] {
  const heard = outsidersOf(evidence, candidates)
  if (heard.length === 0) return []
  const heardKeys = new Set(heard.flatMap(({ numbers }) => numbers.flatMap(({ key }) => key ?? [])))
  const waiting = candidates.filter(
    ({ participant, numbers }) =>
      !findParticipants(evidence, numbers) &&
      !isConnected(evidence.metadata, candidates, participant.id) &&
      !numbers.some(({ key }) => key !== null && heardKeys.has(key)),
  )
  return waiting.flatMap(({ numbers }) => numbers.map(({ key }) => key))
}

function keysOf(numbers: readonly { key: PhoneNumberKey }[]): PhoneNumberKey[] {
  return [...new Set(numbers.map(({ key }) => key))]
}

function isNumbered({ numbers }: Candidate): boolean {
  return numbers.some(({ kind }) => kind === 'e164')
}

function numbersOutside(evidence: Evidence, candidates: readonly Candidate[]): PhoneNumberKey[] {
  return outsidersOf(evidence, candidates).flatMap(
    ({ numbers }) => numbers.find(({ kind }) => kind === 'e164')?.key ?? [],
  )
}

function directionOf<N, O>(
  evidence: Evidence<N, O>,
  { caller, number, official }: Draft<N, O>,
  candidates: readonly Candidate[],
): IdentifiedParties['direction'] {
  const ownCaller = caller ? findParticipants(evidence, [caller.number]) : undefined
  if (ownCaller) {
    // The party recorded by a platform is often the calling official.
    const another = official?.entry !== undefined && official.entry !== ownCaller.entry
    return number?.entry !== undefined || another ? 'internal' : 'outgoing'
  }
  if (claimsOutgoing(evidence)) return 'outgoing'
  if (number) return 'incoming'
  // Two officials and nobody else: no customer has called.
  const onlyOfficials = candidates.every(({ numbers }) => findParticipants(evidence, numbers)?.role === 'official')
  return onlyOfficials && !caller && candidates.length > 1 ? 'internal' : 'unknown'
}
