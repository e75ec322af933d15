import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import type { PublicationFacts } from './publication-facts.ts'
import type { Block, PublishedDocument, Section, Sentence } from './published-document.ts'
import { promisesBehind } from '../promises.ts'
import { seedTexts, seedTextsOf, type Numbered, type SeedTexts } from './seed-texts.ts'
import { switchSentences, transcriptSentences } from './switch-sentences.ts'

type SeedSection = 'general' | 'data' | 'storage' | 'disclosure' | 'access' | 'rights'

/** Returns the description under the Personal Data Act (523/1999), section 10, in the order and manner of the source. */
export function seedDocument(facts: PublicationFacts, language: Language): PublishedDocument {
  const { description } = facts
  const t = seedTexts(language)
  const texts = seedTextsOf(facts, language)
  const labels = { visitingAddress: t('seed.label.visitingAddress'), switchboard: t('seed.label.switchboard') }

  const numbered = (...ids: Numbered[]): Sentence[] => numberedFrom(texts, ids)
  const sentencesIn = (sentences: Sentence[]): Block[] =>
    sentences.length > 0 ? [{ kind: 'paragraph', sentences }] : []
  const paragraph = (...ids: Numbered[]): Block[] => sentencesIn(numbered(...ids))
  const section = (id: SeedSection, ...blocks: Block[][]): Section => ({
    id,
    heading: t(`seed.heading.${id}`),
    blocks: blocks.flat(),
  })

  const title = sentence('S0', description.name[language])
  const opening: Section = {
    id: 'register',
    heading: '',
    blocks: [
      {
        kind: 'facts',
        facts: [
          { label: t('seed.label.register'), lines: [title] },
          { label: t('seed.label.controller'), lines: controllerLines(description, labels, language) },
          { label: t('seed.label.purposes'), lines: numbered('S4', 'S5', 'S6') },
        ],
      },
    ],
  }
  return {
    language,
    profile: 'seed',
    title,
    subtitle: sentence('S1', description.title[language]),
    sections: [
      opening,
      section('general', paragraph('S7', 'S8'), paragraph('S9'), paragraph('S10')),
      section(
        'data',
        [{ kind: 'facts', facts: [{ label: t('seed.label.dataSubjects'), lines: numbered('S11') }] }],
        [{ kind: 'heading', text: t('seed.label.content') }],
        fieldList(description, texts),
        facts.records ? paragraph('S13', 'S14', 'S15', 'S16') : paragraph('S13'),
      ),
      section(
        'storage',
        paragraph('S17'),
        facts.guardedPremises ? paragraph('S18') : [],
        paragraph('S19'),
        paragraph('S20'),
        paragraph('S21'),
        retentionNow(texts.now),
      ),
      section(
        'disclosure',
        paragraph('S22'),
        sentencesIn([...numbered('S23', 'S24', 'S25'), ...transcriptSentences(description, language)]),
        paragraph('S26'),
      ),
      section('access', paragraph('S27', 'S28'), paragraph('S29')),
      section(
        'rights',
        paragraph('S30', 'S31', 'S32', 'S33'),
        paragraph('S34', 'S35'),
        sentencesIn(switchSentences(description, language)),
      ),
    ].filter(({ blocks }) => blocks.length > 0),
  }
}

/** S2 and S3: the controller and its contacts (R2). */
export function controllerLines(
  { controller }: RegisterDescription,
  labels: { visitingAddress: string; switchboard: string },
  language: Language,
): Sentence[] {
  return [
    sentence('S2', controller.name[language]),
    sentence('S2.unit', controller.unit[language]),
    sentence('S2.address', controller.postalAddress[language]),
    sentence('S3', `${labels.visitingAddress}: ${controller.visitingAddress[language]}`),
    sentence('S3.switchboard', `${labels.switchboard}: ${controller.switchboard[language]}`),
  ]
}

/** S12: the closed list of stored items of a call (R10), in the description's order. */
export function fieldList(
  { identificationData }: RegisterDescription,
  texts: Pick<SeedTexts, 'S12' | 'fields'>,
): Block[] {
  return [
    {
      kind: 'list',
      ...(texts.S12 !== undefined && { lead: sentence('S12', texts.S12) }),
      items: identificationData.map((field, index) => sentence(`S12.${index + 1}`, texts.fields[field])),
    },
  ]
}

export function retentionNow(now: SeedTexts['now']): Block[] {
  if (!now) return []
  const lead = sentence('S21.now', now.lead)
  if (now.items.length === 0) return [{ kind: 'paragraph', sentences: [lead] }]
  return [{ kind: 'list', lead, items: now.items.map((text, index) => sentence(`S21.now.${index + 1}`, text)) }]
}

/** Returns the sentences of these numbers that exist. */
export function numberedFrom(texts: SeedTexts, ids: readonly Numbered[]): Sentence[] {
  return ids.flatMap((id) => (texts[id] === undefined ? [] : [sentence(id, texts[id])]))
}

export function sentence(id: string, text: string): Sentence {
  return { id, text, promises: promisesBehind(id) }
}
