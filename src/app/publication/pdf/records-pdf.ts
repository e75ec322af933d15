import type { Language } from '#description/closed-lists.ts'
import type { Section } from '#description/publish/published-document.ts'
import type { DiaryEntry } from '#use/records/describe-record.ts'
import { formatDay, formatInstant } from '../dates.ts'
import type { FontSubsets } from '../files.ts'
import { diaryTexts, pageOf } from '../page-texts.ts'
import { sectionsPdf } from './sections-pdf.ts'

interface ExportDetails {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  createdAt: Temporal.Instant
  /** The controller's name. */
  controller: string
}

/** Renders the case register as PDF/A-2a and PDF/UA-1, a section for each decision. */
export function recordsPdf(
  entries: readonly DiaryEntry[],
  { from, to, createdAt, controller }: ExportDetails,
  language: Language,
  subsets: FontSubsets,
): Promise<Buffer> {
  const t = diaryTexts(language)
  const title = t('diary.document')
  const subtitle = t('diary.subtitle', { from: formatDay(from, language), to: formatDay(to, language) })
  return sectionsPdf(
    {
      metadata: { title, author: controller, subject: subtitle, language, createdAt },
      subtitles: [subtitle, `${t('diary.controller')}: ${controller}`],
      notes: entries.length === 0 ? [t('diary.none')] : [],
      sections: entries.map((entry) => sectionOf(entry, language)),
      isArchived: true,
      footer: `${controller} · ${subtitle} · ${formatInstant(createdAt, language)}`,
      pageOf: pageOf(language),
    },
    subsets,
  )
}

function sectionOf(entry: DiaryEntry, language: Language): Section {
  const t = diaryTexts(language)
  const { dates, publicity, outcome } = entry
  const at = (instant: string) => formatInstant(Temporal.Instant.from(instant), language)
  const rows: (readonly [label: string, ...lines: string[]])[] = [
    [t('diary.identifier'), entry.identifier],
    [t('diary.agents'), ...entry.agents.map(({ role, name }) => `${name} (${t(`diary.agent.${role}`)})`)],
    [t('diary.entered'), at(dates.entered)],
    ...(dates.decided ? [[t('diary.decided'), at(dates.decided)] as const] : []),
    ...(dates.closed ? [[t('diary.closed'), at(dates.closed)] as const] : []),
    ...(outcome ? [[t('diary.outcome'), t(`diary.outcome.${outcome as 'APPROVED'}`)] as const] : []),
    [t('diary.function'), `${t(`diary.kind.${entry.kind}`)} (${entry.functionClass})`],
    [t('diary.type'), t(`diary.type.${entry.type}`, { format: entry.format })],
    [
      t('diary.publicity'),
      t(`diary.publicity.${publicity.class}`, { ground: publicity.ground ?? '', years: publicity.years ?? '' }),
    ],
    [t('diary.retention'), t(`diary.retention.${entry.retention.period}`)],
    [t('diary.personal-data'), t('diary.personal-data.yes')],
    [t('diary.languages'), entry.languages.join(', ')],
    ['SHA-256', entry.hash.value],
  ]
  return {
    id: entry.identifier,
    heading: entry.title[language],
    blocks: [
      {
        kind: 'facts',
        facts: rows
          .filter(([, ...lines]) => lines.length > 0)
          .map(([label, ...lines]) => ({
            label,
            lines: lines.map((text) => ({ id: label, text, promises: [] })),
          })),
      },
    ],
  }
}
