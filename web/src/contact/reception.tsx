import { Link } from '@tanstack/react-router'
import type { SegmentDetail } from '../api/shapes.ts'
import { formatCount, formatDecimal, formatShare } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'

type StreamReception = NonNullable<SegmentDetail['reception']>['streams'][number]

/** Shorter gaps are inaudible. */
const minGapMs = 500

/** Returns sentences about the reception of the recording, for listeners. */
export function useReceptionWords({ heard: played, marks }: SegmentDetail): string[] {
  const { t, language } = useLanguage()
  if (!played) return []
  return [
    ...(played.oneWay ? [t(`contact.heard.oneWay.${played.oneWay}`)] : []),
    ...(played.isSilent && !marks.includes('silent') ? [t('contact.heard.silent')] : []),
    ...(played.lostMs >= minGapMs
      ? [t('contact.heard.lost', { seconds: formatDecimal(played.lostMs / 1000, language) })]
      : []),
  ]
}

/** Reception measures of each stream, for technical maintenance, and a link to the call's signalling. */
export function ReceptionDetails({ segment }: { segment: SegmentDetail }) {
  const { t, language } = useLanguage()
  const { reception } = segment
  if (!reception) return null
  const number = (count: number) => formatCount(count, language)
  const ms = (value: number) => t('capture.ms', { number: formatDecimal(value, language) })
  const rows: [Word, (stream: StreamReception) => string][] = [
    ['contact.reception.codec', ({ codec }) => codec],
    ['contact.reception.expected', ({ expected }) => number(expected)],
    [
      'contact.reception.lost',
      ({ lost, expected }) => `${number(lost)}${lost > 0 ? ` (${formatShare(lost / expected, language)})` : ''}`,
    ],
    ['contact.reception.lostMs', ({ lostMs }) => ms(lostMs)],
    ['contact.reception.late', ({ late, duplicates }) => `${number(late)} / ${number(duplicates)}`],
    ['contact.reception.stalled', ({ stalledMs }) => ms(stalledMs)],
    ['contact.reception.jitter', ({ jitterMs, worstJitterMs }) => `${ms(jitterMs)} / ${ms(worstJitterMs)}`],
    [
      'contact.reception.silent',
      ({ silentShare }) =>
        silentShare === undefined ? t('contact.reception.unknown') : formatShare(silentShare, language),
    ],
    [
      'contact.reception.told',
      ({ told: reported }) =>
        reported ? `${number(reported.sent)} / ${number(reported.came)}` : t('contact.reception.told.none'),
    ],
  ]
  return (
    <div className="stack-small reception">
      <h3>{t('contact.reception.title')}</h3>
      <p className="muted">
        {[
          reception.client || t('capture.client.unnamed'),
          reception.trunk && t('capture.trunk.is', { name: reception.trunk }),
          reception.elsewhere && t('contact.reception.elsewhere', { address: reception.elsewhere }),
        ]
          .filter(Boolean)
          .join(', ')}
      </p>
      <table className="table reception-table">
        <caption className="visually-hidden">{t('contact.reception.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('contact.reception.measure')}</th>
            {reception.streams.map(({ track }, index) => (
              <th key={index} scope="col" className="numeric">
                {t(`capture.carried.${track}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([word, read]) => (
            <tr key={word}>
              <th scope="row">{t(word)}</th>
              {reception.streams.map((stream, index) => (
                <td key={index} className="numeric">
                  {read(stream)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <Link to="/capture/flows" search={{ segment: segment.id }}>
          {t('contact.reception.flow')}
        </Link>
      </p>
    </div>
  )
}
