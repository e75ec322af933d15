import type { Block, Section } from '#description/publish/published-document.ts'
import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { readCheckpoint } from '#safeguards/audit/note.ts'
import type { Certified } from '#use/ledger/read-destruction.ts'
import { formatInstant } from '../dates.ts'
import type { TypefacePieces } from '../files.ts'
import { pageOf, sayCertificate } from '../say.ts'
import { sectionsPdf } from './sections-pdf.ts'

/**
 * Renders the certificate of a destruction for the person who asked for it (R50, R52). Its facts of the call are those just
 * shown to the viewer; nothing of the certificate is stored.
 */
export function certificatePdf(
  certified: Certified,
  { controller }: Pick<RegisterDescription, 'controller'>,
  language: Language,
  pieces: TypefacePieces,
): Promise<Buffer> {
  const say = sayCertificate(language)
  const { entry, call, recordingId } = certified
  const { places = [], receipts = [] } = entry.targets
  const head = readCheckpoint(certified.head)
  const name = controller.name[language]
  const number = call.number === null ? '' : displayPhoneNumber(call.number)
  const at = (instant: Temporal.Instant) => formatInstant(instant, language)
  const address = `${controller.unit[language]}, ${controller.postalAddress[language]}`
  const sections: Section[] = [
    section('statement', '', [paragraph(say('certificate.statement'))]),
    section('destroyed', say('certificate.destroyed'), [
      facts([
        [say('certificate.call-at'), at(call.startedAt)],
        [say('certificate.number'), call.numberName ? `${call.numberName[language]}, ${number}` : number],
        [say('certificate.recording'), recordingId],
        [say('certificate.cause'), say(`certificate.causes.${entry.cause as 'caller' | 'official' | 'trimming'}`)],
        [say('certificate.destroyed-at'), at(entry.at)],
      ]),
      paragraph(say('certificate.history-stays')),
    ]),
    section('places', say('certificate.places'), [
      facts([
        [say('certificate.everywhere'), say('certificate.reached')] as const,
        ...places.map(
          ({ place, reached }) =>
            [place, reached ? say('certificate.reached') : say('certificate.not-reached')] as const,
        ),
      ]),
    ]),
    ...(receipts.length > 0
      ? [
          section('keys', say('certificate.keys'), [
            list(
              receipts.map(({ store, key, at: when }) =>
                say('certificate.key-gone', {
                  key,
                  store: say(`certificate.stores.${store}`),
                  at: at(Temporal.Instant.from(when)),
                }),
              ),
            ),
          ]),
        ]
      : []),
    section('proof', say('certificate.proof'), [
      facts([
        [say('certificate.entry'), String(entry.number)],
        [say('certificate.hash'), entry.hash.toString('hex')],
        [
          say('certificate.head'),
          head
            ? `${head.origin} · ${say('certificate.head-of', { size: head.size })} · ${head.root.toString('base64')}`
            : '',
        ],
      ]),
      ...certified.head
        .slice(certified.head.indexOf('\n\n') + 2)
        .split('\n')
        .filter((line) => line !== '')
        .map(paragraph),
      paragraph(say('certificate.check', { origin: head?.origin ?? '', address })),
    ]),
  ]
  return sectionsPdf(
    {
      about: {
        title: say('certificate.title'),
        author: name,
        subject: say('certificate.subtitle'),
        language,
        made: entry.at,
      },
      under: [say('certificate.subtitle'), `${say('certificate.controller')}: ${name}, ${address}`],
      sections,
      foot: `${name} · ${say('certificate.entry')} ${entry.number} · ${at(entry.at)}`,
      pageOf: pageOf(language),
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
