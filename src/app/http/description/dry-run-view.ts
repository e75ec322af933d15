/** Describes a dry run in sentences: the custodian's counts, and rights that would become narrower. */
import texts from '#texts/server/effect.json' with { type: 'json' }
import { inEach, trilingualTexts, type KeyOf, type Trilingual, type Values } from '#platform/texts/texts.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import { momentText, percentText } from '#description/value-texts.ts'
import { termZone } from '#description/terms.ts'
import type { NarrowedRights } from '#safeguards/versions/draft-consequences.ts'
import type { DryRunCounts } from '../../custodian/dry-run-draft.ts'
import type { DryRun } from '../contract/description.ts'

const t = trilingualTexts(texts)

type Consequence = DryRun['consequences'][number]

/** Returns every consequence as a sentence; empty if nothing held would change. */
export function viewDryRun(
  tried: DryRunCounts,
  narrowed: readonly NarrowedRights[],
  draft: RegisterDescription,
): DryRun {
  const now = Temporal.Instant.from(tried.at)
  return {
    at: tried.at,
    effectiveFrom: tried.effectiveFrom,
    consequences: [
      ...pendingConsequences(tried.pending, now, Temporal.Instant.from(tried.effectiveFrom)),
      ...tried.terms.flatMap((step) => termConsequences({ ...step, at: Temporal.Instant.from(step.at) }, draft, now)),
      ...tried.shares.map((share) => shareConsequence(share, draft, Temporal.Instant.from(tried.effectiveFrom))),
      ...narrowed.map((rights) => rightsConsequence(rights, draft)),
    ],
  }
}

/** Counts affected requests and disclosures, without persons. */
function pendingConsequences(
  { requests, calls, appointments, undecided, unsettled, disclosures, items, earliest }: DryRunCounts['pending'],
  now: Temporal.Instant,
  from: Temporal.Instant,
): Consequence[] {
  const found: Consequence[] = []
  const add = (count: number, key: KeyOf<typeof texts>, values: Values) => {
    if (count > 0) found.push({ kind: 'pending-rights', field: 'effectiveFrom', count, text: t(key, values) })
  }
  add(requests, 'effect.requests', {
    requests: counted('effect.requests.from', requests),
    calls: counted('effect.requests.calls', calls),
    appointments: counted('effect.requests.appointments', appointments),
    undecided: amount(undecided),
  })
  add(unsettled, 'effect.unsettled', { requests: counted('effect.unsettled.requests', unsettled) })
  add(disclosures, 'effect.disclosures', {
    disclosures: counted('effect.disclosures.open', disclosures),
    items: counted('effect.disclosures.items', items),
  })
  const soonest = Temporal.Instant.from(earliest)
  const affected = requests + unsettled + disclosures
  if (affected > 0 && Temporal.Instant.compare(from, soonest) < 0) {
    add(affected, 'effect.earliest', { when: whenText(soonest, now) })
  }
  return found
}

function termConsequences(
  step: Omit<DryRunCounts['terms'][number], 'at'> & { at: Temporal.Instant },
  draft: RegisterDescription,
  now: Temporal.Instant,
): Consequence[] {
  const { at, key, months, from, destroyed, shortened } = step
  // The number has no rule now and no recordings, so the change destroys nothing.
  if (from === undefined && destroyed + shortened === 0) return []
  const number = displayNumber(key, draft)
  const field = ruleField(draft, key, at, 'recordingMonths', (rule) => rule.recordingMonths === months)
  const when = whenText(at, now)
  const term =
    from === undefined ? t('effect.term', { number, months }) : t('effect.term.changed', { number, from, months })
  const destruction: Consequence = {
    kind: 'recordings-destroyed',
    field,
    count: destroyed,
    text:
      destroyed === 0
        ? t('effect.destroyed.none', { term, when })
        : t('effect.destroyed', { term, recordings: counted('effect.recordings', destroyed), when }),
  }
  if (shortened === 0) return [destruction]
  // If nothing is destroyed at once, one sentence replaces two.
  const text =
    destroyed === 0
      ? t('effect.shortened', { term, recordings: counted('effect.recordings', shortened), when })
      : t('effect.shortened.also', { term, count: shortened, number: amount(shortened) })
  const shortening: Consequence = { kind: 'recordings-shortened', field, count: shortened, text }
  return destroyed === 0 ? [shortening] : [destruction, shortening]
}

function shareConsequence(
  { key, from, to, calls, recorded, wouldBe }: DryRunCounts['shares'][number],
  draft: RegisterDescription,
  at: Temporal.Instant,
): Consequence {
  const number = displayNumber(key, draft)
  return {
    kind: 'recorded-share',
    field: ruleField(draft, key, at, 'share', (rule) => rule.share === to),
    count: wouldBe,
    text: t('effect.share', {
      number,
      from: percentText(from),
      to: percentText(to),
      calls: counted('effect.share.calls', calls),
      recorded: amount(recorded),
      wouldBe: amount(wouldBe),
    }),
  }
}

function rightsConsequence({ role, rights }: NarrowedRights, draft: RegisterDescription): Consequence {
  const index = draft.roles.findIndex((one) => one.role === role.role && one.duty === role.duty)
  const isRetained = index >= 0
  return {
    kind: 'rights-narrowed',
    field: isRetained ? `roles[${index}]` : 'roles',
    count: rights,
    text: t(isRetained ? 'effect.rights.narrower' : 'effect.rights.ended', {
      rights: counted('effect.rights.count', rights),
      role: role.names,
    }),
  }
}

/**
 * Returns the path of `field` in the first matching rule for the number in force at an instant; without one, that of all
 * rules.
 */
function ruleField(
  { recordingPlan }: RegisterDescription,
  key: PhoneNumberKey,
  at: Temporal.Instant,
  field: string,
  matches: (rule: RegisterDescription['recordingPlan']['rules'][number]) => boolean,
): string {
  const index = recordingPlan.rules.findIndex(
    (rule) => rule.numbers.includes(key) && inForce(rule.from, rule.until, at) && matches(rule),
  )
  return index < 0 ? 'recordingPlan.rules' : `recordingPlan.rules[${index}].${field}`
}

function displayNumber(key: PhoneNumberKey, draft: RegisterDescription): string {
  return draft.numbers.find((number) => number.key === key)?.display ?? displayPhoneNumber(key, draft.numbering)
}

/** Formats an instant as "tonight", or as day and time. */
function whenText(at: Temporal.Instant, now: Temporal.Instant): Trilingual {
  const today = now.toZonedDateTimeISO(termZone).startOfDay()
  const [evening, morning] = [today.with({ hour: 18 }), today.add({ days: 1 }).with({ hour: 6 })]
  const isTonight =
    Temporal.Instant.compare(evening.toInstant(), at) <= 0 && Temporal.Instant.compare(at, morning.toInstant()) < 0
  return isTonight ? t('effect.tonight') : t('effect.at', { moment: momentText(at) })
}

function counted(key: KeyOf<typeof texts>, count: number): Trilingual {
  return t(key, { count, number: amount(count) })
}

/** Formats a count in each language, such as `1 248`. */
function amount(count: number): Trilingual {
  return inEach((language) => new Intl.NumberFormat(`${language}-FI`).format(count))
}
