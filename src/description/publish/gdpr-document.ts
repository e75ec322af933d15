import texts from '#texts/server/notice.json' with { type: 'json' }
import { textsIn, type Language, type Values } from '#platform/texts/texts.ts'
import type { RegisterDescription } from '../register-description.ts'
import { dayText } from '../value-texts.ts'
import { lawsOf, type PublicationFacts } from './publication-facts.ts'
import type { Block, Fact, PublishedDocument, Section, Sentence } from './published-document.ts'
import { controllerLines, fieldList, retentionNow, numberedFrom, sentence } from './seed-document.ts'
import { seedTextsOf, type Numbered } from './seed-texts.ts'
import { switchSentences, transcriptSentences } from './switch-sentences.ts'

/** Sentences of a notice beyond the seed's, by the law that requires them (L numbers), and its sections. */
type Added = KeysOf<keyof typeof texts, 'notice.'> & `L${string}`
type GdprSection = KeysOf<keyof typeof texts, 'notice.heading.'>
type KeysOf<Key, Start extends string> = Key extends `${Start}${infer Name}` ? Name : never
type NoticeTexts = ReturnType<typeof noticeTexts>

function noticeTexts(language: Language) {
  return textsIn(texts, language)
}

/**
 * Returns the notice under GDPR Articles 13 and 14 (L2), in the Articles' order: controller, purposes and bases, data subjects
 * and data, recipients, terms, rights. The seed's sentences are in their places.
 */
export function gdprDocument(facts: PublicationFacts, language: Language): PublishedDocument {
  const { description } = facts
  const t = noticeTexts(language)
  const seedTexts = seedTextsOf(facts, language)
  const values = valuesOf(facts, language)

  const numbered = (...ids: Numbered[]): Sentence[] => numberedFrom(seedTexts, ids)
  const also = (...ids: Added[]): Sentence[] =>
    ids.flatMap((id) => {
      const given = id in values ? values[id] : {}
      return given ? [sentence(id, t(`notice.${id}`, given))] : []
    })
  const paragraph = (...sentences: Sentence[]): Block[] =>
    sentences.length > 0 ? [{ kind: 'paragraph', sentences }] : []
  const section = (id: GdprSection, ...blocks: Block[][]): Section => ({
    id,
    heading: t(`notice.heading.${id}`),
    blocks: blocks.flat(),
  })

  const labels = {
    visitingAddress: t('notice.label.visitingAddress'),
    switchboard: t('notice.label.switchboard'),
  }
  const title = sentence('S0', description.name[language])
  return {
    language,
    profile: 'gdpr',
    title,
    subtitle: sentence('S1', t('notice.subtitle')),
    sections: [
      section('controller', [
        {
          kind: 'facts',
          facts: [
            { label: t('notice.label.register'), lines: [title] },
            { label: t('notice.label.controller'), lines: controllerLines(description, labels, language) },
            ...officerFact(description, t, language),
          ],
        },
      ]),
      section('purposes', paragraph(...numbered('S4', 'S5')), paragraph(...numbered('S6')), [
        {
          kind: 'table',
          head: [t('notice.head.purpose'), t('notice.head.basis'), t('notice.head.data')],
          rows: facts.purposes.map((described, index) => ({
            cells: [
              described.names[language],
              described.legalBasis?.[language] ?? '–',
              described.dataSets.map((set) => t(`notice.data-set.${set}`)).join(', '),
            ].map((text, column) => sentence(`setting:purpose-${index + 1}-${column + 1}`, text)),
          })),
        },
      ]),
      section(
        'data',
        [{ kind: 'facts', facts: [{ label: t('notice.label.dataSubjects'), lines: numbered('S11') }] }],
        paragraph(...numbered('S7', 'S8')),
        paragraph(...numbered('S9')),
        fieldList(description, seedTexts),
        paragraph(...also('L2-source', 'L2-number')),
        paragraph(...numbered('S10')),
        paragraph(...(facts.records ? numbered('S13', 'S14', 'S15', 'S16') : numbered('S13'))),
        announcements(description, t('notice.L3'), language),
      ),
      section(
        'recipients',
        paragraph(...numbered('S22')),
        paragraph(...numbered('S23', 'S24', 'S25'), ...transcriptSentences(description, language)),
        paragraph(...numbered('S26'), ...also('L36')),
        paragraph(...also('L26')),
      ),
      section(
        'retention',
        paragraph(...numbered('S20')),
        paragraph(...numbered('S21')),
        retentionNow(seedTexts.now),
        paragraph(...also('L2-evaluations', 'L2-training', 'L2-counts')),
        paragraph(...also('L28')),
      ),
      section(
        'protection',
        paragraph(...numbered('S17'), ...(facts.guardedPremises ? numbered('S18') : [])),
        paragraph(...numbered('S19'), ...also('L19')),
        paragraph(...numbered('S27', 'S28')),
        paragraph(...numbered('S29')),
      ),
      section(
        'rights',
        paragraph(...numbered('S30', 'S31', 'S32', 'S33')),
        paragraph(...numbered('S34', 'S35')),
        paragraph(...switchSentences(description, language)),
        paragraph(...also('L7-rights', 'L11', 'L10-portability', 'L10-automatic')),
        paragraph(...also('L7-where', 'L7-time')),
        paragraph(...also('L2-complaint')),
      ),
      section('officials', paragraph(...also('L16-procedure', 'L16-consent'))),
    ].filter(({ blocks }) => blocks.length > 0),
  }
}

/** Values of the added sentences; a sentence whose condition is not met is left out. */
function valuesOf(
  { description, uses, withinEea }: PublicationFacts,
  language: Language,
): { readonly [id in Added]?: Values | false | undefined } {
  const { controller, rights, recordingPlan, storage, disclosure, switches, effectiveFrom } = description
  const { cooperation } = recordingPlan
  const laws = disclosure.authority && lawsOf(disclosure.provisions, effectiveFrom, language)
  return {
    'L2-evaluations': uses('QUALITY') && {},
    'L2-training': uses('TRAINING') && {},
    'L7-where': { unit: rights.unit, address: controller.postalAddress },
    'L16-procedure': cooperation && { day: dayText(cooperation.decidedOn), document: cooperation.document },
    'L16-consent': switches.officialConsent === 'required' && {},
    L26: withinEea && {},
    L28: { days: storage.backupDays },
    L36: laws ? { laws } : undefined,
  }
}

function officerFact({ contacts }: RegisterDescription, t: NoticeTexts, language: Language): Fact[] {
  const officer = contacts.dataProtectionOfficer
  if (!officer) return []
  const lines = [officer.address[language], officer.email, `${t('notice.label.phone')}: ${officer.phone}`]
  return [
    {
      label: t('notice.label.officer'),
      lines: lines.map((text, index) =>
        sentence(index === 0 ? 'setting:officer' : `setting:officer.${index + 1}`, text),
      ),
    },
  ]
}

/** L3, L4: the announcements, in the page's language if available. */
function announcements({ recordingPlan, switches }: RegisterDescription, lead: string, language: Language): Block[] {
  const texts = recordingPlan.announcements.flatMap((one) => one.texts[language] ?? one.texts.fi ?? [])
  if (!switches.announcementRequired || texts.length === 0) return []
  return [
    {
      kind: 'list',
      lead: sentence('L3', lead),
      items: [...new Set(texts)].map((text, index) => sentence(`setting:announcement-${index + 1}`, text)),
    },
  ]
}
