import type { PublishedDocument } from '#description/publish/published-document.ts'
import { formatDay } from '../dates.ts'
import type { TypefacePieces } from '../files.ts'
import { whenInForce, type PlacedVersion } from '../place-version.ts'
import { words } from '../words.ts'
import { sectionsPdf } from './sections-pdf.ts'

/** A version as a document to keep and to print. The same version gives the same bytes as long as its text is the same. */
export function descriptionPdf(
  document: PublishedDocument,
  placed: PlacedVersion,
  pieces: TypefacePieces,
): Promise<Buffer> {
  const { language, title } = document
  const say = words[language]
  const { version, approvedAt, hash, description } = placed.version
  const author = description.controller.name[language]
  const when = whenInForce(placed, language)
  const thisVersion = {
    id: 'this-version',
    heading: say.thisVersion,
    blocks: [
      {
        kind: 'facts' as const,
        facts: [
          [say.version, `${version}`],
          [say.inForce, when],
          [say.approved, formatDay(description.decision.decidedOn, language)],
          [say.hash, hash],
        ].map(([label = '', text = '']) => ({ label, lines: [{ id: label, text, promises: [] }] })),
      },
      { kind: 'paragraph' as const, sentences: [{ id: 'hash', text: say.hashNote, promises: [] }] },
    ],
  }
  return sectionsPdf(
    {
      about: {
        title: title.text,
        author,
        subject: `${document.subtitle.text}. ${say.version} ${version}. ${when}.`,
        language,
        made: approvedAt,
      },
      under: [document.subtitle.text, `${say.version} ${version} · ${when}`],
      notes: placed.state === 'in-force' ? [] : [placed.state === 'past' ? say.pastNote : say.comingNote],
      sections: [...document.sections, thisVersion],
      foot: `${author} · ${say.version} ${version} · ${when}`,
      pageOf: say.pageOf,
    },
    pieces,
  )
}
