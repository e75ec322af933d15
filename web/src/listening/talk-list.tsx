import { Table } from '../controls/table.tsx'
import { formatLength, formatPosition } from '../format/duration.ts'
import { formatShare } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { jumpColumn } from './jump-button.tsx'
import type { Talk } from './talk.ts'

/** Shares of talk and silence, and a list of long silences, overlaps, holds and the transfer, each with a jump button. */
export function TalkList({
  talk,
  durationMs,
  transferredTo,
  onJump,
}: {
  talk: Talk
  durationMs: number
  transferredTo: string | undefined
  onJump: (ms: number) => void
}) {
  const { t, language } = useLanguage()
  const parts = [
    { name: 'caller', ms: talk.callerMs },
    { name: 'official', ms: talk.officialMs },
    { name: 'overlap', ms: talk.bothMs },
    { name: 'silence', ms: talk.silentMs },
  ] as const
  const totalMs = Math.max(
    1,
    parts.reduce((sum, { ms }) => sum + ms, 0),
  )
  const rows = [
    ...talk.moments.map(({ kind, fromMs, toMs }) => ({ what: t(`listening.talk.${kind}`), fromMs, toMs })),
    ...(transferredTo === undefined
      ? []
      : [{ what: t('listening.talk.transfer', { name: transferredTo }), fromMs: durationMs, toMs: undefined }]),
  ]
  return (
    <details className="gaps talk">
      <summary>
        {t('listening.talk.title')}
        <span className="talk-bar" aria-hidden="true">
          {parts.map(({ name, ms }) => (
            <i key={name} className={`talk-${name}`} style={{ flexGrow: ms / totalMs }} />
          ))}
        </span>
      </summary>
      <dl className="facts facts-small">
        {parts.map(({ name, ms }) => (
          <div key={name}>
            <dt>
              <i className={`talk-key talk-${name}`} aria-hidden="true" /> {t(`listening.talk.share.${name}`)}
            </dt>
            <dd>
              {formatShare(Math.round((100 * ms) / totalMs) / 100, language)}{' '}
              <span className="muted">{formatLength(ms)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {rows.length === 0 ? (
        <p className="muted">{t('listening.talk.none')}</p>
      ) : (
        <div className="scroll">
          <Table
            caption={t('listening.talk.caption')}
            rows={rows}
            keyOf={({ what, fromMs }) => `${what} ${fromMs}`}
            columns={[
              { head: t('listening.talk.what'), cell: ({ what }) => what },
              { head: t('listening.gaps.from'), cell: ({ fromMs }) => formatPosition(fromMs), isNumeric: true },
              {
                head: t('listening.gaps.length'),
                cell: ({ fromMs, toMs }) => (toMs === undefined ? '' : formatLength(toMs - fromMs)),
                isNumeric: true,
              },
              jumpColumn(t, onJump),
            ]}
          />
        </div>
      )}
    </details>
  )
}
