import { Link } from '@tanstack/react-router'
import type { SegmentDetail } from '../api/shapes.ts'
import { formatCount, formatDecimal, formatShare } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'

type StreamReception = NonNullable<SegmentDetail['reception']>['streams'][number]

/** Less than this is not heard. */
const heardMs = 500

/** What whoever listens should know of how the recording came in, one sentence each. */
export function useHeardWords({ heard, marks }: SegmentDetail): string[] {
  const { say, language } = useLanguage()
  if (!heard) return []
  return [
    ...(heard.oneWay ? [say(`heard.oneWay.${heard.oneWay}`)] : []),
    ...(heard.isSilent && !marks.includes('silent') ? [say('heard.silent')] : []),
    ...(heard.lostMs >= heardMs ? [say('heard.lost', { seconds: formatDecimal(heard.lostMs / 1000, language) })] : []),
  ]
}

/** For technical maintenance: the measures of each stream, and how the call was signalled while that is remembered. */
export function ReceptionOf({ segment }: { segment: SegmentDetail }) {
  const { say, language } = useLanguage()
  const { reception } = segment
  if (!reception) return null
  const number = (count: number) => formatCount(count, language)
  const ms = (value: number) => say('capture.ms', { number: formatDecimal(value, language) })
  const rows: [Word, (stream: StreamReception) => string][] = [
    ['reception.codec', ({ codec }) => codec],
    ['reception.expected', ({ expected }) => number(expected)],
    [
      'reception.lost',
      ({ lost, expected }) => `${number(lost)}${lost > 0 ? ` (${formatShare(lost / expected, language)})` : ''}`,
    ],
    ['reception.lostMs', ({ lostMs }) => ms(lostMs)],
    ['reception.late', ({ late, duplicates }) => `${number(late)} / ${number(duplicates)}`],
    ['reception.stalled', ({ stalledMs }) => ms(stalledMs)],
    ['reception.jitter', ({ jitterMs, worstJitterMs }) => `${ms(jitterMs)} / ${ms(worstJitterMs)}`],
    [
      'reception.silent',
      ({ silentShare }) => (silentShare === undefined ? say('reception.unknown') : formatShare(silentShare, language)),
    ],
    [
      'reception.told',
      ({ told }) => (told ? `${number(told.sent)} / ${number(told.came)}` : say('reception.told.none')),
    ],
  ]
  return (
    <div className="stack-small reception">
      <h3>{say('reception.title')}</h3>
      <p className="muted">
        {[
          reception.client || say('capture.client.unnamed'),
          reception.trunk && say('capture.trunk.is', { name: reception.trunk }),
          reception.elsewhere && say('reception.elsewhere', { address: reception.elsewhere }),
        ]
          .filter(Boolean)
          .join(', ')}
      </p>
      <table className="table reception-table">
        <caption className="visually-hidden">{say('reception.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('reception.measure')}</th>
            {reception.streams.map(({ track }, index) => (
              <th key={index} scope="col" className="numeric">
                {say(`capture.carried.${track}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([word, read]) => (
            <tr key={word}>
              <th scope="row">{say(word)}</th>
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
          {say('reception.flow')}
        </Link>
      </p>
    </div>
  )
}
