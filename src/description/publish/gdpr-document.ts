import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { gdprEn } from './gdpr-en.ts'
import { gdprFi } from './gdpr-fi.ts'
import { gdprSv } from './gdpr-sv.ts'
import type { Added, GdprSection, GdprWords } from './gdpr-words.ts'
import type { Grounds } from './grounds.ts'
import type { Block, Fact, PublishedDocument, Section, Sentence } from './published-document.ts'
import { controllerLines, fieldList, keptNow, numberedFrom, sentence, wordings } from './seed-document.ts'
import type { Numbered } from './seed-words.ts'
import { switchedOn } from './switch-words.ts'

const added: Record<Language, GdprWords> = { fi: gdprFi, sv: gdprSv, en: gdprEn }

/**
 * The notice under GDPR Articles 13 and 14 (L2), in the Articles' order: who, why and on what basis, whose and what data,
 * recipients, how long, and the rights. The seed's sentences are said where they stand.
 */
export function gdprDocument(grounds: Grounds, language: Language): PublishedDocument {
  const { description } = grounds
  const { headings, labels, subtitle, purposeHead, dataSets, added: addedOf } = added[language]
  const seedTexts = wordings[language].textsOf(grounds)
  const addedTexts = addedOf(grounds)

  const numbered = (...ids: Numbered[]): Sentence[] => numberedFrom(seedTexts, ids)
  const also = (...ids: Added[]): Sentence[] =>
    ids.flatMap((id) => (addedTexts[id] === undefined ? [] : [sentence(id, addedTexts[id])]))
  const paragraph = (...sentences: Sentence[]): Block[] =>
    sentences.length > 0 ? [{ kind: 'paragraph', sentences }] : []
  const section = (id: GdprSection, ...blocks: Block[][]): Section => ({
    id,
    heading: headings[id],
    blocks: blocks.flat(),
  })

  const title = sentence('S0', description.name[language])
  return {
    language,
    profile: 'gdpr',
    title,
    subtitle: sentence('S1', subtitle),
    sections: [
      section('controller', [
        {
          kind: 'facts',
          facts: [
            { label: labels.register, lines: [title] },
            { label: labels.controller, lines: controllerLines(description, labels, language) },
            ...officerFact(description, labels, language),
          ],
        },
      ]),
      section('purposes', paragraph(...numbered('S4', 'S5')), paragraph(...numbered('S6')), [
        {
          kind: 'table',
          head: purposeHead,
          rows: grounds.purposes.map((described, index) => ({
            cells: [
              described.names[language],
              described.legalBasis?.[language] ?? '–',
              described.dataSets.map((set) => dataSets[set]).join(', '),
            ].map((text, column) => sentence(`setting:purpose-${index + 1}-${column + 1}`, text)),
          })),
        },
      ]),
      section(
        'data',
        [{ kind: 'facts', facts: [{ label: labels.dataSubjects, lines: numbered('S11') }] }],
        paragraph(...numbered('S7', 'S8')),
        paragraph(...numbered('S9')),
        fieldList(description, seedTexts),
        paragraph(...also('L2-source', 'L2-number')),
        paragraph(...numbered('S10')),
        paragraph(...(grounds.records ? numbered('S13', 'S14', 'S15', 'S16') : numbered('S13'))),
        announcements(description, addedTexts.L3, language),
      ),
      section(
        'recipients',
        paragraph(...numbered('S22')),
        paragraph(...numbered('S23', 'S24', 'S25')),
        paragraph(...numbered('S26'), ...also('L36')),
        paragraph(...also('L26')),
      ),
      section(
        'retention',
        paragraph(...numbered('S20')),
        paragraph(...numbered('S21')),
        keptNow(seedTexts.now),
        paragraph(...also('L2-evaluations', 'L2-training', 'L2-counts')),
        paragraph(...also('L28')),
      ),
      section(
        'protection',
        paragraph(...numbered('S17'), ...(grounds.guardedPremises ? numbered('S18') : [])),
        paragraph(...numbered('S19'), ...also('L19')),
        paragraph(...numbered('S27', 'S28')),
        paragraph(...numbered('S29')),
      ),
      section(
        'rights',
        paragraph(...numbered('S30', 'S31', 'S32', 'S33')),
        paragraph(...numbered('S34', 'S35')),
        paragraph(...switchedOn(description, language)),
        paragraph(...also('L7-rights', 'L11', 'L10-portability', 'L10-automatic')),
        paragraph(...also('L7-where', 'L7-time')),
        paragraph(...also('L2-complaint')),
      ),
      section('officials', paragraph(...also('L16-procedure', 'L16-consent'))),
    ].filter(({ blocks }) => blocks.length > 0),
  }
}

function officerFact(
  { contacts }: RegisterDescription,
  labels: Pick<GdprWords['labels'], 'officer' | 'phone'>,
  language: Language,
): Fact[] {
  const officer = contacts.dataProtectionOfficer
  if (!officer) return []
  const lines = [officer.address[language], officer.email, `${labels.phone}: ${officer.phone}`]
  return [
    {
      label: labels.officer,
      lines: lines.map((text, index) =>
        sentence(index === 0 ? 'setting:officer' : `setting:officer.${index + 1}`, text),
      ),
    },
  ]
}

/** L3, L4: what callers hear, in the page's language where there is such a text. */
function announcements(
  { recordingPlan, switches }: RegisterDescription,
  lead: string | undefined,
  language: Language,
): Block[] {
  const texts = recordingPlan.announcements.flatMap((one) => one.texts[language] ?? one.texts.fi ?? [])
  if (!switches.announcementRequired || lead === undefined || texts.length === 0) return []
  return [
    {
      kind: 'list',
      lead: sentence('L3', lead),
      items: [...new Set(texts)].map((text, index) => sentence(`setting:announcement-${index + 1}`, text)),
    },
  ]
}
