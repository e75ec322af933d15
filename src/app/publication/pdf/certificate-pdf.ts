import type { Block, Section } from '#description/publish/published-document.ts'
import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { readCheckpoint } from '#safeguards/audit/note.ts'
import type { Certified } from '#use/ledger/read-destruction.ts'
import { formatInstant } from '../dates.ts'
import type { FontSubsets } from '../files.ts'
import { pageOf, certificateTexts } from '../page-texts.ts'
import { sectionsPdf } from './sections-pdf.ts'

/**
 * Renders the certificate of a destruction for its requester (R50, R52). The facts of the call are those that the viewer has just
 * seen. The certificate is not stored.
 */
export function certificatePdf(
  certified: Certified,
  { controller }: Pick<RegisterDescription, 'controller'>,
  language: Language,
  subsets: FontSubsets,
): Promise<Buffer> {
  const t = certificateTexts(language)
  const { entry, call, recordingId } = certified
  const { places = [], receipts = [] } = entry.targets
  const head = readCheckpoint(certified.head)
  const name = controller.name[language]
  const number = call.number === null ? '' : displayPhoneNumber(call.number)
  const at = (instant: Temporal.Instant) => formatInstant(instant, language)
  const address = `${controller.unit[language]}, ${controller.postalAddress[language]}`
  const sections: Section[] = [
    section('statement', '', [paragraph(t('certificate.statement'))]),
    section('destroyed', t('certificate.destroyed'), [
      facts([
        [t('certificate.call-at'), at(call.startedAt)],
        [t('certificate.number'), call.numberName ? `${call.numberName[language]}, ${number}` : number],
        [t('certificate.recording'), recordingId],
        [t('certificate.cause'), t(`certificate.causes.${entry.cause as 'caller' | 'official' | 'trimming'}`)],
        [t('certificate.destroyed-at'), at(entry.at)],
      ]),
      paragraph(t('certificate.history-stays')),
    ]),
    section('places', t('certificate.places'), [
      facts([
        [t('certificate.everywhere'), t('certificate.reached')] as const,
        ...places.map(
          ({ place, reached }) => [place, reached ? t('certificate.reached') : t('certificate.not-reached')] as const,
        ),
      ]),
    ]),
    ...(receipts.length > 0
      ? [
          section('keys', t('certificate.keys'), [
            list(
              receipts.map(({ store, key, at: when }) =>
                t('certificate.key-gone', {
                  key,
                  store: t(`certificate.stores.${store}`),
                  at: at(Temporal.Instant.from(when)),
                }),
              ),
            ),
          ]),
        ]
      : []),
    section('proof', t('certificate.proof'), [
      facts([
        [t('certificate.entry'), String(entry.number)],
        [t('certificate.hash'), entry.hash.toString('hex')],
        [
          t('certificate.head'),
          head
            ? `${head.origin} · ${t('certificate.head-of', { size: head.size })} · ${head.root.toString('base64')}`
            : '',
        ],
      ]),
      ...certified.head
        .slice(certified.head.indexOf('\n\n') + 2)
        .split('\n')
        .filter((line) => line !== '')
        .map(paragraph),
      paragraph(t('certificate.check', { origin: head?.origin ?? '', address })),
    ]),
  ]
  return sectionsPdf(
    {
      metadata: {
        title: t('certificate.title'),
        author: name,
        subject: t('certificate.subtitle'),
        language,
        createdAt: entry.at,
      },
      subtitles: [t('certificate.subtitle'), `${t('certificate.controller')}: ${name}, ${address}`],
      sections,
      footer: `${name} · ${t('certificate.entry')} ${entry.number} · ${at(entry.at)}`,
      pageOf: pageOf(language),
    },
    subsets,
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
