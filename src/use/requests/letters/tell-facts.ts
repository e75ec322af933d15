import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { dayText } from '#description/tell-values.ts'
import type { FieldValue } from './template-language.ts'
import type { Field } from './fields.ts'
import type { LetterFacts, LetterKind, LetterPart } from './letter.ts'
import { momentOf, plain, tellCalls, tellUnheard } from './tell-calls.ts'
import { letterWords } from './letter-words.ts'

/** What every field of a letter says, from its facts and the description in force. */
export function tellFacts(
  kind: LetterKind,
  facts: LetterFacts,
  description: RegisterDescription,
): Partial<Record<Field, FieldValue>> {
  const { language } = facts
  const say = letterWords[language]
  const { controller } = description
  const day = (at: string) => dayText(Temporal.Instant.from(at))[language]
  const isDocumentOnly = facts.kinds.every((one) => one === 'OPENNESS')
  return {
    number: facts.number,
    received: day(facts.receivedAt),
    due: day(facts.dueAt),
    controller: controller.name[language],
    unit: controller.unit[language],
    asked: [{ kind: 'list', items: facts.kinds.map((one) => say.asked[one]) }],
    handling: paragraphs(isDocumentOnly ? say.handlingDocument(day(facts.dueAt)) : say.handling(day(facts.dueAt))),
    contact: paragraphs([
      ...(facts.handler === null ? [] : [say.handler(plain(facts.handler))]),
      `${controller.unit[language]}, ${controller.name[language]}, ${controller.postalAddress[language]}, ${say.switchboard(controller.switchboard[language])}`,
    ]),
    complaint: paragraphs([...say.complaint, say.ombudsman]),
    ...fieldsOf(kind, facts, description, language),
  }
}

function fieldsOf(
  kind: LetterKind,
  facts: LetterFacts,
  description: RegisterDescription,
  language: Language,
): Partial<Record<Field, FieldValue>> {
  const say = letterWords[language]
  const { numbering } = description
  switch (kind) {
    case 'received':
      return {}
    case 'extension':
      return {
        reason: facts.kinds.includes('OPENNESS')
          ? say.extensionDocument
          : `${say.extension[facts.extensionReason ?? 'COMPLEX']} ${say.extensionLaw}`,
      }
    case 'answer':
      return {
        calls: tellCalls(facts.calls ?? [], { ...facts, numbering, withWhatWasFound: true }),
        next: next(facts, description),
      }
    case 'not-identifiable':
      return { calls: tellCalls(facts.calls ?? [], { ...facts, numbering, withWhatWasFound: false }) }
    case 'mentioned':
      return {}
    case 'refusal':
      return { reason: paragraphs(say.grounds[facts.ground ?? 'IDENTITY']) }
    case 'destroyed-before':
      return { calls: tellUnheard(facts.unheard ?? [], language) }
    case 'prohibition':
    case 'erasure':
    case 'objection':
      return {
        calls: (facts.prohibitions ?? []).flatMap(({ startedAt, executedAt }): LetterPart[] => [
          heading(say.call(momentOf(startedAt, language))),
          paragraph(executedAt === null ? say.blocked : say.executed(momentOf(executedAt, language))),
        ]),
      }
    case 'restriction':
    case 'restriction-end':
      return {
        calls: (facts.restrictions ?? []).flatMap(({ startedAt, until }): LetterPart[] => [
          heading(say.call(momentOf(startedAt, language))),
          paragraph(
            (kind === 'restriction' ? say.restricted : say.restrictionEnds)(
              until === null ? undefined : dayText(Temporal.Instant.from(until))[language],
            ),
          ),
        ]),
      }
    case 'log-extract':
      return { looks: looks(facts, description, language) }
    case 'appointment':
      return { appointment: appointment(facts, language) }
    case 'copy':
      return {
        copies: (facts.copies ?? []).flatMap(({ callStartedAt, method, expiresAt }): LetterPart[] => [
          heading(say.copy(momentOf(callStartedAt, language))),
          paragraph(`${say.copyUntil(momentOf(expiresAt, language))} ${say.copyMethods[method]}`),
        ]),
      }
    case 'correction':
      return {
        corrections: (facts.corrections ?? []).flatMap(({ callStartedAt, was, becomes, outcome }): LetterPart[] => [
          heading(say.call(momentOf(callStartedAt, language))),
          paragraph(
            outcome === 'APPROVED'
              ? say.corrected(was === null ? null : plain(was), plain(becomes))
              : say.notCorrected(plain(becomes)),
          ),
        ]),
      }
    case 'openness': {
      const { outcome = 'SECRET', provision = '', at = facts.madeAt, by = null } = facts.openness ?? {}
      const decidedOn = dayText(Temporal.Instant.from(at))[language]
      return {
        decision: paragraphs([...say.decision[outcome], ...(by === null ? [] : [say.decidedBy(decidedOn, plain(by))])]),
        provision: plain(provision).replace(/\.$/, ''),
        // What is granted is not appealed against.
        appeal: outcome === 'SECRET' ? appeal(language) : [],
      }
    }
  }
}

/** What can be done with what is recorded, in an answer about calls. */
function next(facts: LetterFacts, { switches }: RegisterDescription): LetterPart[] {
  const { calls = [], kinds, language } = facts
  const say = letterWords[language]
  const theirs = calls.flatMap(({ call }) => call?.parts ?? [])
  const isKept = theirs.some(({ recording }) => recording.state === 'kept')
  if (isKept) {
    const booked = appointment(facts, language)
    const may = [...(switches.accessCopy ? [say.mayCopy] : []), say.mayForbid]
    return [
      { kind: 'heading', level: 2, text: say.nextTitle },
      ...(booked.length > 0 ? [paragraph(say.booked), ...booked] : [paragraph(say.listen)]),
      ...paragraphs(may),
    ]
  }
  if (!kinds.includes('LISTEN') || !calls.some(({ isTheirs }) => isTheirs)) return []
  return [{ kind: 'heading', level: 2, text: say.listenTitle }, paragraph(say.nothingToHear)]
}

function looks({ looks: seen = [] }: LetterFacts, { roles, purposes }: RegisterDescription, language: Language) {
  const say = letterWords[language]
  if (seen.length === 0) return paragraphs([say.noLooks])
  const items = seen.map(({ at, kind, role, purpose, unit }) => {
    const roleName = roles.find((one) => one.role === role)?.names[language] ?? role
    const purposeName = purposes.find((one) => one.purpose === purpose)?.names[language] ?? purpose
    const where = unit === null ? roleName : `${roleName}, ${plain(unit)}`
    return say.look(momentOf(at, language), say.looks[kind], where, purposeName)
  })
  return [{ kind: 'list' as const, items }]
}

function appointment({ appointment: booked }: LetterFacts, language: Language): LetterPart[] {
  const say = letterWords[language]
  if (!booked) return []
  const { startsAt, endsAt, officeName, officeAddress, needs, interpreterLanguage } = booked
  const needed = needs.map((need) =>
    need === 'INTERPRETER' && interpreterLanguage !== null
      ? say.interpreter(plain(interpreterLanguage))
      : say.needs[need],
  )
  const start = Temporal.Instant.from(startsAt)
  return [
    {
      kind: 'facts',
      facts: [
        {
          label: say.appointment.when,
          text: say.appointmentTime(dayText(start)[language], clockOf(startsAt, language), clockOf(endsAt, language)),
        },
        { label: say.appointment.office, text: plain(officeName[language]) },
        { label: say.appointment.address, text: plain(officeAddress[language]) },
        ...(needed.length > 0 ? [{ label: say.appointment.needs, text: needed.join(', ') }] : []),
      ],
    },
  ]
}

function appeal(language: Language): LetterPart[] {
  const say = letterWords[language]
  return [
    { kind: 'heading', level: 2, text: say.appealTitle },
    ...paragraphs([...say.appeal, say.appealItems.lead]),
    { kind: 'list', items: say.appealItems.items },
    ...paragraphs(say.appealEnd),
  ]
}

/** 9.00; in English 9:00. */
function clockOf(at: string, language: Language): string {
  return momentOf(at, language).split(' ').at(-1) ?? ''
}

function heading(text: string): LetterPart {
  return { kind: 'heading', level: 3, text }
}
function paragraph(text: string): LetterPart {
  return { kind: 'paragraph', text }
}
function paragraphs(texts: readonly string[]): LetterPart[] {
  return texts.map(paragraph)
}
