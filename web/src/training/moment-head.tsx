import { serverNowMs } from '../api/server-time.ts'
import { formatPosition } from '../format/duration.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { endsSoon, type CollectedMoment, type MomentThere } from './training-shapes.ts'

/** Says why a moment cannot be played: its recording is gone, or out of the viewer’s reach. */
export function EmptyMoment({ moment }: { moment: Exclude<CollectedMoment, MomentThere> }) {
  const { t, language } = useLanguage()
  return (
    <p className="muted">
      {moment.state === 'EMPTY'
        ? t(`training.moment.empty.${moment.emptyWhy}`, { date: formatDate(moment.emptiedAt, language) })
        : t('training.moment.outOfReach')}
    </p>
  )
}

/** Title of a moment, its call, and its end of retention. */
export function MomentHead({ moment, position }: { moment: MomentThere; position: number }) {
  const { t, language } = useLanguage()
  return (
    <>
      <h3 className="card-title disclosure-title">
        {position}. {moment.title}
        {endsSoon(moment.destroyAt, serverNowMs()) && (
          <span className="badge badge-capturing">{t('training.endsSoon')}</span>
        )}
      </h3>
      <p className="second">
        <span className="nowrap">
          {formatPosition(moment.fromMs)}–{formatPosition(moment.toMs)}
        </span>{' '}
        · <span className="number">{formatPhone(moment.number)}</span> · {formatInstant(moment.startedAt, language)} ·{' '}
        {t('training.moment.until', { date: formatDate(moment.destroyAt, language) })}
      </p>
      {moment.lesson && <p className="training-aim">{moment.lesson}</p>}
      {moment.standsStill && <p className="muted">{t(`error.${moment.standsStill}`)}</p>}
    </>
  )
}
