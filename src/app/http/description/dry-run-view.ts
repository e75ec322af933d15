/** What a draft would do, in words. In: the custodian's counts, the rights that would reach less. Out: the contract's dry run. */
import { inEach } from '#platform/texts/texts.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Trilingual } from '#description/closed-lists.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import { momentText, percentText } from '#description/tell-values.ts'
import { termZone } from '#description/terms.ts'
import type { NarrowedRights } from '#safeguards/versions/rights-narrowed.ts'
import type { TriedDraft } from '../../custodian/try-draft.ts'
import type { DryRun } from '../contract/description.ts'

type Consequence = DryRun['consequences'][number]

/** Every consequence as a sentence; nothing where nothing would change for what is held. */
export function viewDryRun(tried: TriedDraft, narrowed: readonly NarrowedRights[], draft: RegisterDescription): DryRun {
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

/** What waits at the Service Unit and of disclosures, in counts: whoever decides learns of nobody. */
function pendingConsequences(
  { requests, calls, appointments, undecided, unsettled, disclosures, items, earliest }: TriedDraft['pending'],
  now: Temporal.Instant,
  from: Temporal.Instant,
): Consequence[] {
  const found: Consequence[] = []
  const say = (count: number, text: Trilingual) => {
    if (count > 0) found.push({ kind: 'pending-rights', field: 'effectiveFrom', count, text })
  }
  say(requests, {
    fi: `Muutos veisi odottavan oikeuden ${counted(requests, 'fi', 'avoimelta pyynnöltä', 'avoimelta pyynnöltä')} (${counted(calls, 'fi', 'puhelu', 'puhelua')}, ${counted(appointments, 'fi', 'varattu aika', 'varattua aikaa')}). Palveluyksikkö päättää jokaisesta ennen hyväksymistä: päättämättä ${amount(undecided, 'fi')}.`,
    sv: `Ändringen skulle beröra en väntande rättighet i ${counted(requests, 'sv', 'öppen begäran', 'öppna begäranden')} (${counted(calls, 'sv', 'samtal', 'samtal')}, ${counted(appointments, 'sv', 'bokad tid', 'bokade tider')}). Serviceenheten avgör var och en före godkännandet: ${amount(undecided, 'sv')} är inte avgjorda.`,
    en: `The change would take a pending right from ${counted(requests, 'en', 'open request', 'open requests')} (${counted(calls, 'en', 'call', 'calls')}, ${counted(appointments, 'en', 'booked appointment', 'booked appointments')}). The Service Unit decides on each before the approval: ${amount(undecided, 'en')} undecided.`,
  })
  say(unsettled, {
    fi: `${counted(unsettled, 'fi', 'avoimen pyynnön', 'avoimen pyynnön')} puheluita ei ole vielä löydetty; muutos voi koskea niitäkin.`,
    sv: `Samtalen i ${counted(unsettled, 'sv', 'öppen begäran', 'öppna begäranden')} har ännu inte hittats; ändringen kan beröra också dem.`,
    en: `The calls of ${counted(unsettled, 'en', 'open request', 'open requests')} have not been found yet; the change may reach them as well.`,
  })
  say(disclosures, {
    fi: `Muutos koskee ${counted(disclosures, 'fi', 'avointa luovutusta', 'avointa luovutusta')} (${counted(items, 'fi', 'kohde', 'kohdetta')}): tallenne tuhoutuisi aiemmin, tai luovutus ei olisi enää sallittu. Jokaisesta päätetään ennen hyväksymistä: se luovutetaan, evätään tai perutaan, tai kohde poistetaan siitä.`,
    sv: `Ändringen berör ${counted(disclosures, 'sv', 'öppet utlämnande', 'öppna utlämnanden')} (${counted(items, 'sv', 'objekt', 'objekt')}): inspelningen skulle förstöras tidigare, eller utlämnandet skulle inte längre vara tillåtet. Var och en avgörs före godkännandet: den lämnas ut, avslås eller återtas, eller objektet tas bort.`,
    en: `The change reaches ${counted(disclosures, 'en', 'open disclosure', 'open disclosures')} (${counted(items, 'en', 'item', 'items')}): the recording would be destroyed earlier, or the disclosure would no longer be allowed. Each is decided before the approval: released, refused or withdrawn, or its item dropped.`,
  })
  const soonest = Temporal.Instant.from(earliest)
  const reached = requests + unsettled + disclosures
  if (reached > 0 && Temporal.Instant.compare(from, soonest) < 0) {
    const when = whenText(soonest, now)
    say(reached, {
      fi: `Koska muutos koskee avoimia pyyntöjä tai luovutuksia, se voi tulla voimaan aikaisintaan ${when.fi}: 14 päivää hyväksymisestä.`,
      sv: `Eftersom ändringen berör öppna begäranden eller utlämnanden kan den träda i kraft tidigast ${when.sv}: 14 dagar efter godkännandet.`,
      en: `As the change reaches open requests or disclosures, it can come into force at the earliest ${when.en}: 14 days after the approval.`,
    })
  }
  return found
}

function termConsequences(
  step: Omit<TriedDraft['terms'][number], 'at'> & { at: Temporal.Instant },
  draft: RegisterDescription,
  now: Temporal.Instant,
): Consequence[] {
  const { at, key, months, from, destroyed, shortened } = step
  // A number that had no rule and holds nothing loses nothing.
  if (from === undefined && destroyed + shortened === 0) return []
  const number = written(key, draft)
  const field = ruleField(draft, key, at, 'recordingMonths', (rule) => rule.recordingMonths === months)
  const when = whenText(at, now)
  const term =
    from === undefined
      ? {
          fi: `Numeron ${number} säilytysaika ${months} kuukautta`,
          sv: `Lagringstiden på ${number} ${months} månader`,
          en: `Retention on ${number} ${months} months`,
        }
      : {
          fi: `Numeron ${number} säilytysaika ${from} kuukaudesta ${months} kuukauteen`,
          sv: `Lagringstiden på ${number} från ${from} till ${months} månader`,
          en: `Retention on ${number} from ${from} to ${months} months`,
        }
  const destruction: Consequence = {
    kind: 'recordings-destroyed',
    field,
    count: destroyed,
    text: {
      fi: `${term.fi}: ${destroyed === 0 ? 'yhtään tallennetta ei tuhottaisi' : `${counted(destroyed, 'fi', 'tallenne', 'tallennetta')} tuhottaisiin`} ${when.fi}.`,
      sv: `${term.sv}: ${destroyed === 0 ? 'ingen inspelning' : counted(destroyed, 'sv', 'inspelning', 'inspelningar')} skulle förstöras ${when.sv}.`,
      en: `${term.en}: ${destroyed === 0 ? 'no recording' : counted(destroyed, 'en', 'recording', 'recordings')} would be destroyed ${when.en}.`,
    },
  }
  if (shortened === 0) return [destruction]
  const many = {
    fi: counted(shortened, 'fi', 'tallenne', 'tallennetta'),
    sv: counted(shortened, 'sv', 'inspelning', 'inspelningar'),
    en: counted(shortened, 'en', 'recording', 'recordings'),
  }
  // One sentence where nothing would be destroyed at once: whoever decides reads one for each number.
  const text =
    destroyed === 0
      ? {
          fi: `${term.fi}: ${many.fi} tuhottaisiin aiemmin kuin nyt on määrä, ${when.fi} ei vielä yhtään.`,
          sv: `${term.sv}: ${many.sv} skulle förstöras tidigare än vad som nu är bestämt, ${when.sv} ännu ingen.`,
          en: `${term.en}: ${many.en} would be destroyed earlier than is due now, none of them ${when.en}.`,
        }
      : {
          fi: `${term.fi}: lisäksi ${many.fi} tuhottaisiin aiemmin kuin nyt on määrä.`,
          sv: `${term.sv}: dessutom skulle ${many.sv} förstöras tidigare än vad som nu är bestämt.`,
          en: `${term.en}: ${amount(shortened, 'en')} more ${shortened === 1 ? 'recording' : 'recordings'} would be destroyed earlier than is due now.`,
        }
  const shortening: Consequence = { kind: 'recordings-shortened', field, count: shortened, text }
  return destroyed === 0 ? [shortening] : [destruction, shortening]
}

function shareConsequence(
  { key, from, to, calls, recorded, wouldBe }: TriedDraft['shares'][number],
  draft: RegisterDescription,
  at: Temporal.Instant,
): Consequence {
  const number = written(key, draft)
  const [before, after] = [percentText(from), percentText(to)]
  return {
    kind: 'recorded-share',
    field: ruleField(draft, key, at, 'share', (rule) => rule.share === to),
    count: wouldBe,
    text: {
      fi: `Numeron ${number} tallennusosuus ${before.fi} prosentista ${after.fi} prosenttiin: viime viikon ${counted(calls, 'fi', 'puhelusta', 'puhelusta')} tallennettiin ${amount(recorded, 'fi')}, nyt tallennettaisiin noin ${amount(wouldBe, 'fi')}.`,
      sv: `Andelen på ${number} från ${before.sv} till ${after.sv} procent: av den senaste veckans ${counted(calls, 'sv', 'samtal', 'samtal')} spelades ${amount(recorded, 'sv')} in, nu skulle omkring ${amount(wouldBe, 'sv')} spelas in.`,
      en: `Share on ${number} from ${before.en} to ${after.en} per cent: of last week's ${counted(calls, 'en', 'call', 'calls')} ${amount(recorded, 'en')} were recorded; about ${amount(wouldBe, 'en')} would be.`,
    },
  }
}

function rightsConsequence({ role, rights }: NarrowedRights, draft: RegisterDescription): Consequence {
  const index = draft.roles.findIndex((one) => one.role === role.role && one.duty === role.duty)
  const isKept = index >= 0
  const { fi, sv, en } = role.names
  return {
    kind: 'rights-narrowed',
    field: isKept ? `roles[${index}]` : 'roles',
    count: rights,
    text: {
      fi: `${counted(rights, 'fi', 'käyttöoikeus', 'käyttöoikeutta')} roolissa ”${fi}” ${isKept ? 'supistuisi' : 'lakkaisi'}.`,
      sv: `${counted(rights, 'sv', 'behörighet', 'behörigheter')} i rollen ”${sv}” skulle ${isKept ? 'begränsas' : 'upphöra'}.`,
      en: `${counted(rights, 'en', 'right', 'rights')} to the role “${en}” would ${isKept ? 'reach less' : 'end'}.`,
    },
  }
}

/** The first rule in force for the number that says what is asked; the rules as a whole where none does. */
function ruleField(
  { recordingPlan }: RegisterDescription,
  key: PhoneNumberKey,
  at: Temporal.Instant,
  field: string,
  says: (rule: RegisterDescription['recordingPlan']['rules'][number]) => boolean,
): string {
  const index = recordingPlan.rules.findIndex(
    (rule) => rule.numbers.includes(key) && inForce(rule.from, rule.until, at) && says(rule),
  )
  return index < 0 ? 'recordingPlan.rules' : `recordingPlan.rules[${index}].${field}`
}

function written(key: PhoneNumberKey, draft: RegisterDescription): string {
  return draft.numbers.find((number) => number.key === key)?.display ?? displayPhoneNumber(key, draft.numbering)
}

/** Tonight, where that is when; a day and a time of day otherwise. */
function whenText(at: Temporal.Instant, now: Temporal.Instant): Trilingual {
  const today = now.toZonedDateTimeISO(termZone).startOfDay()
  const [evening, morning] = [today.with({ hour: 18 }), today.add({ days: 1 }).with({ hour: 6 })]
  const isTonight =
    Temporal.Instant.compare(evening.toInstant(), at) <= 0 && Temporal.Instant.compare(at, morning.toInstant()) < 0
  if (isTonight) return { fi: 'ensi yönä', sv: 'i natt', en: 'tonight' }
  const moment = momentText(at)
  return inEach((language) => `${on[language]}${moment[language]}`)
}
const on: Trilingual = { fi: '', sv: 'den ', en: 'on ' }

function counted(count: number, language: keyof Trilingual, one: string, many: string): string {
  return `${amount(count, language)} ${count === 1 ? one : many}`
}

/** `1 248`, in each language as Finland writes it: a comma there parts decimals. */
function amount(count: number, language: keyof Trilingual): string {
  return new Intl.NumberFormat(`${language}-FI`).format(count)
}
