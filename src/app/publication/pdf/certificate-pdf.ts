import type { Block, Section } from '#description/publish/published-document.ts'
import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { readCheckpoint } from '#safeguards/audit/note.ts'
import type { Certified } from '#use/ledger/read-destruction.ts'
import { certificateWords } from '../certificate-words.ts'
import { formatInstant } from '../dates.ts'
import type { TypefacePieces } from '../files.ts'
import { words } from '../words.ts'
import { sectionsPdf } from './sections-pdf.ts'

/**
 * The certificate of a destruction, for the person who asked for it (R50, R52). What it says of the call is what the viewer
 * was just shown of it; nothing of the certificate is kept.
 */
export function certificatePdf(
  certified: Certified,
  { controller }: Pick<RegisterDescription, 'controller'>,
  language: Language,
  pieces: TypefacePieces,
): Promise<Buffer> {
  const say = certificateWords[language]
  const { entry, call, recordingId } = certified
  const { places = [], receipts = [] } = entry.targets
  const head = readCheckpoint(certified.head)
  const name = controller.name[language]
  const number = call.number === null ? '' : displayPhoneNumber(call.number)
  const at = (instant: Temporal.Instant) => formatInstant(instant, language)
  const address = `${controller.unit[language]}, ${controller.postalAddress[language]}`
  const sections: Section[] = [
    section('statement', '', [paragraph(say.statement)]),
    section('destroyed', say.destroyed, [
      facts([
        [say.callAt, at(call.startedAt)],
        [say.number, call.numberName ? `${call.numberName[language]}, ${number}` : number],
        [say.recording, recordingId],
        [say.cause, say.causes[entry.cause as keyof typeof say.causes]],
        [say.destroyedAt, at(entry.at)],
      ]),
      paragraph(say.historyStays),
    ]),
    section('places', say.places, [
      facts([
        [say.everywhere, say.reached] as const,
        ...places.map(({ place, reached }) => [place, reached ? say.reached : say.notReached] as const),
      ]),
    ]),
    ...(receipts.length > 0
      ? [
          section('keys', say.keys, [
            list(
              receipts.map(({ store, key, at: when }) =>
                say.keyGone(key, say.stores[store], at(Temporal.Instant.from(when))),
              ),
            ),
          ]),
        ]
      : []),
    section('proof', say.proof, [
      facts([
        [say.entry, String(entry.number)],
        [say.hash, entry.hash.toString('hex')],
        [say.head, head ? `${head.origin} · ${say.headOf(head.size)} · ${head.root.toString('base64')}` : ''],
      ]),
      ...certified.head
        .slice(certified.head.indexOf('\n\n') + 2)
        .split('\n')
        .filter((line) => line !== '')
        .map(paragraph),
      paragraph(say.check(head?.origin ?? '', address)),
    ]),
  ]
  return sectionsPdf(
    {
      about: { title: say.title, author: name, subject: say.subtitle, language, made: entry.at },
      under: [say.subtitle, `${say.controller}: ${name}, ${address}`],
      sections,
      foot: `${name} · ${say.entry} ${entry.number} · ${at(entry.at)}`,
      pageOf: words[language].pageOf,
    },
    pieces,
  )
}

function section(id: string, heading: string, blocks: Block[]): Section {
  return { id, heading, blocks }
}

function facts(rows: readonly (readonly [label: string, text: string])[]): Block {
  return {
    kind: 'facts',
    facts: rows.map(([label, text]) => ({ label, lines: [{ id: label, text, promises: [] }] })),
  }
}

function list(texts: readonly string[]): Block {
  return { kind: 'list', items: texts.map((text) => ({ id: text, text, promises: [] })) }
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', sentences: [{ id: 'text', text, promises: [] }] }
}
