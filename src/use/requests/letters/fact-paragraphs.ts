import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { dayText } from '#description/value-texts.ts'
import type { FieldValue } from './template-language.ts'
import type { LetterFacts } from './letter-facts.ts'
import type { LetterKind, LetterPart } from './letter.ts'
import { momentOf, plain, callParagraphs, unheardParagraphs } from './call-paragraphs.ts'
import { letterLists, letterTexts, type Field } from './letter-texts.ts'

/** Returns the text of every field of a letter, from its facts and the description in force. */
export function factParagraphs(
  kind: LetterKind,
  facts: LetterFacts,
  description: RegisterDescription,
): Partial<Record<Field, FieldValue>> {
  const { language } = facts
  const [t, list] = [letterTexts(language), letterLists(language)]
  const { controller } = description
  const day = (at: string) => dayText(Temporal.Instant.from(at))[language]
  const isDocumentOnly = facts.kinds.every((one) => one === 'OPENNESS')
  return {
    number: facts.number,
    received: day(facts.receivedAt),
    due: day(facts.dueAt),
    controller: controller.name[language],
    unit: controller.unit[language],
    asked: [{ kind: 'list', items: facts.kinds.map((one) => t(`letter.asked.${one}`)) }],
    handling: paragraphs(
      list(isDocumentOnly ? 'letter.handling.document' : 'letter.handling', { due: day(facts.dueAt) }),
    ),
    contact: paragraphs([
      ...(facts.handler === null ? [] : [t('letter.handler', { name: plain(facts.handler) })]),
      `${controller.unit[language]}, ${controller.name[language]}, ${controller.postalAddress[language]}, ${t('letter.switchboard', { number: controller.switchboard[language] })}`,
    ]),
    complaint: paragraphs([...list('letter.complaint'), t('letter.ombudsman')]),
    ...fieldsOf(kind, facts, description, language),
  }
}

function fieldsOf(
  kind: LetterKind,
  facts: LetterFacts,
  description: RegisterDescription,
  language: Language,
): Partial<Record<Field, FieldValue>> {
  const [t, list] = [letterTexts(language), letterLists(language)]
  const { numbering } = description
  switch (kind) {
    case 'received':
      return {}
    case 'extension':
      return {
        reason: facts.kinds.includes('OPENNESS')
          ? t('letter.extension.document')
          : `${t(`letter.extension.${facts.extensionReason ?? 'COMPLEX'}`)} ${t('letter.extension.law')}`,
      }
    case 'answer':
      return {
        calls: callParagraphs(facts.calls ?? [], { ...facts, numbering, reportsFindings: true }),
        next: nextStepParagraphs(facts, description),
      }
    case 'not-identifiable':
      return { calls: callParagraphs(facts.calls ?? [], { ...facts, numbering, reportsFindings: false }) }
    case 'mentioned':
      return {}
    case 'refusal':
      return { reason: paragraphs(list(`letter.ground.${facts.ground ?? 'IDENTITY'}`)) }
    case 'destroyed-before':
      return { calls: unheardParagraphs(facts.unheard ?? [], language) }
    case 'prohibition':
    case 'erasure':
    case 'objection':
      return {
        calls: (facts.prohibitions ?? []).flatMap(({ startedAt, executedAt }): LetterPart[] => [
          heading(t('letter.call', { at: momentOf(startedAt, language) })),
          paragraph(
            executedAt === null ? t('letter.blocked') : t('letter.executed', { day: momentOf(executedAt, language) }),
          ),
        ]),
      }
    case 'restriction':
    case 'restriction-end':
      return {
        calls: (facts.restrictions ?? []).flatMap(({ startedAt, until }): LetterPart[] => [
          heading(t('letter.call', { at: momentOf(startedAt, language) })),
          paragraph(
            until === null
              ? t(kind === 'restriction' ? 'letter.restriction' : 'letter.restriction-end')
              : t(kind === 'restriction' ? 'letter.restriction.until' : 'letter.restriction-end.until', {
                  latest: dayText(Temporal.Instant.from(until)),
                }),
          ),
        ]),
      }
    case 'log-extract':
      return { looks: viewParagraphs(facts, description, language) }
    case 'appointment':
      return { appointment: appointment(facts, language) }
    case 'copy':
      return {
        copies: (facts.copies ?? []).flatMap(({ callStartedAt, method, expiresAt }): LetterPart[] => [
          heading(t('letter.copy', { at: momentOf(callStartedAt, language) })),
          paragraph(`${t('letter.copy.until', { at: momentOf(expiresAt, language) })} ${t(`letter.copy.${method}`)}`),
        ]),
      }
    case 'correction':
      return {
        corrections: (facts.corrections ?? []).flatMap(({ callStartedAt, was, becomes, outcome }): LetterPart[] => [
          heading(t('letter.call', { at: momentOf(callStartedAt, language) })),
          paragraph(
            outcome !== 'APPROVED'
              ? t('letter.not-corrected', { becomes: plain(becomes) })
              : was === null
                ? t('letter.corrected', { becomes: plain(becomes) })
                : t('letter.corrected.was', { was: plain(was), becomes: plain(becomes) }),
          ),
        ]),
      }
    case 'openness': {
      const { outcome = 'SECRET', provision = '', at = facts.madeAt, by = null } = facts.openness ?? {}
      const decidedOn = dayText(Temporal.Instant.from(at))[language]
      return {
        decision: paragraphs([
          ...list(`letter.decision.${outcome}`),
          ...(by === null ? [] : [t('letter.decided-by', { day: decidedOn, name: plain(by) })]),
        ]),
        provision: plain(provision).replace(/\.$/, ''),
        // A granted request has no appeal.
        appeal: outcome === 'SECRET' ? appeal(language) : [],
      }
    }
  }
}

/** Lists what can be done about the recordings, in an answer about calls. */
function nextStepParagraphs(facts: LetterFacts, { switches }: RegisterDescription): LetterPart[] {
  const { calls = [], kinds, language } = facts
  const t = letterTexts(language)
  const theirs = calls.flatMap(({ call }) => call?.parts ?? [])
  const isStored = theirs.some(({ recording }) => recording.state === 'kept')
  if (isStored) {
    const booked = appointment(facts, language)
    const may = [...(switches.accessCopy ? [t('letter.may-copy')] : []), t('letter.may-forbid')]
    return [
      { kind: 'heading', level: 2, text: t('letter.next.title') },
      ...(booked.length > 0 ? [paragraph(t('letter.booked')), ...booked] : [paragraph(t('letter.listen'))]),
      ...paragraphs(may),
    ]
  }
  if (!kinds.includes('LISTEN') || !calls.some(({ isTheirs }) => isTheirs)) return []
  return [{ kind: 'heading', level: 2, text: t('letter.listen.title') }, paragraph(t('letter.nothing-to-hear'))]
}

function viewParagraphs(
  { looks: views = [] }: LetterFacts,
  { roles, purposes }: RegisterDescription,
  language: Language,
) {
  const t = letterTexts(language)
  if (views.length === 0) return paragraphs([t('letter.look.none')])
  const items = views.map(({ at, kind, role, purpose, unit }) => {
    const roleName = roles.find((one) => one.role === role)?.names[language] ?? role
    const purposeName = purposes.find((one) => one.purpose === purpose)?.names[language] ?? purpose
    const roleAndUnit = unit === null ? roleName : `${roleName}, ${plain(unit)}`
    return t('letter.look', {
      at: momentOf(at, language),
      what: t(`letter.looked.${kind}`),
      role: roleAndUnit,
      purpose: purposeName,
    })
  })
  return [{ kind: 'list' as const, items }]
}

function appointment({ appointment: booked }: LetterFacts, language: Language): LetterPart[] {
  const t = letterTexts(language)
  if (!booked) return []
  const { startsAt, endsAt, officeName, officeAddress, needs, interpreterLanguage } = booked
  const needed = needs.map((need) =>
    need === 'INTERPRETER' && interpreterLanguage !== null
      ? t('letter.interpreter', { language: plain(interpreterLanguage) })
      : t(`letter.need.${need}`),
  )
  const start = Temporal.Instant.from(startsAt)
  return [
    {
      kind: 'facts',
      facts: [
        {
          label: t('letter.appointment.when'),
          text: t('letter.appointment.time', {
            day: dayText(start),
            from: clockOf(startsAt, language),
            until: clockOf(endsAt, language),
          }),
        },
        { label: t('letter.appointment.office'), text: plain(officeName[language]) },
        { label: t('letter.appointment.address'), text: plain(officeAddress[language]) },
        ...(needed.length > 0 ? [{ label: t('letter.appointment.needs'), text: needed.join(', ') }] : []),
      ],
    },
  ]
}

function appeal(language: Language): LetterPart[] {
  const [t, list] = [letterTexts(language), letterLists(language)]
  return [
    { kind: 'heading', level: 2, text: t('letter.appeal.title') },
    ...paragraphs([...list('letter.appeal'), t('letter.appeal.items.lead')]),
    { kind: 'list', items: list('letter.appeal.items') },
    ...paragraphs(list('letter.appeal.end')),
  ]
}

/** Formats a time: 9.00; in English 9:00. */
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
