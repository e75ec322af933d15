import type { PublishedDocument } from '#description/publish/published-document.ts'
import { formatDay } from '../dates.ts'
import type { FontSubsets } from '../files.ts'
import { whenInForce, type VersionWithState } from '../version-states.ts'
import { pageOf, publicationTexts } from '../page-texts.ts'
import { sectionsPdf } from './sections-pdf.ts'

/** Renders a version as PDF. Deterministic: the same version and text give the same bytes. */
export function descriptionPdf(
  document: PublishedDocument,
  shown: VersionWithState,
  subsets: FontSubsets,
): Promise<Buffer> {
  const { language, title } = document
  const t = publicationTexts(language)
  const { version, approvedAt, hash, description } = shown.version
  const author = description.controller.name[language]
  const when = whenInForce(shown, language)
  const thisVersion = {
    id: 'this-version',
    heading: t('publication.this-version'),
    blocks: [
      {
        kind: 'facts' as const,
        facts: [
          [t('publication.version'), `${version}`],
          [t('publication.in-force'), when],
          [t('publication.approved'), formatDay(description.decision.decidedOn, language)],
          [t('publication.hash'), hash],
        ].map(([label = '', text = '']) => ({ label, lines: [{ id: label, text, promises: [] }] })),
      },
      { kind: 'paragraph' as const, sentences: [{ id: 'hash', text: t('publication.hash-note'), promises: [] }] },
    ],
  }
  return sectionsPdf(
    {
      metadata: {
        title: title.text,
        author,
        subject: `${document.subtitle.text}. ${t('publication.version')} ${version}. ${when}.`,
        language,
        createdAt: approvedAt,
      },
      subtitles: [document.subtitle.text, `${t('publication.version')} ${version} · ${when}`],
      notes:
        shown.state === 'in-force'
          ? []
          : [shown.state === 'past' ? t('publication.past-note') : t('publication.coming-note')],
      sections: [...document.sections, thisVersion],
      footer: `${author} · ${t('publication.version')} ${version} · ${when}`,
      pageOf: pageOf(language),
    },
    subsets,
  )
}
