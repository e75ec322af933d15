import { CircleCheck, TriangleAlert } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Obstacle } from './retention-shapes.ts'

/** Obstacles to a destruction or its proof: what happens, what it means, what to do. */
export function Obstacles({
  obstacles,
  overdue,
  isStopped,
  withPlaces,
}: {
  obstacles: readonly Obstacle[]
  /** Number past their day, waiting for the next run. */
  overdue: number
  /** The clock is stopped, which is shown separately. */
  isStopped: boolean
  /** Links to the storage places, if the viewer may see them. */
  withPlaces: boolean
}) {
  const { t, language } = useLanguage()
  if (isStopped && obstacles.length === 0) return null
  return (
    <section aria-labelledby="retention-obstacles" className="plan-section">
      <h2 id="retention-obstacles">{t('retention.obstacles.title')}</h2>
      {obstacles.length === 0 ? (
        <p className="obstacles-none">
          <CircleCheck aria-hidden="true" size={20} />
          {overdue > 0
            ? t('retention.obstacles.none.waiting', { count: overdue, number: formatCount(overdue, language) })
            : t('retention.obstacles.none')}
        </p>
      ) : (
        <ul className="obstacles">
          {obstacles.map((obstacle) => (
            <li key={`${obstacle.kind} ${obstacle.place ?? ''} ${obstacle.example ?? ''}`} className="panel obstacle">
              <OneObstacle obstacle={obstacle} withPlaces={withPlaces} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function OneObstacle({ obstacle, withPlaces }: { obstacle: Obstacle; withPlaces: boolean }) {
  const { kind, count, since, deadline, place, example, fault } = obstacle
  const { t, language } = useLanguage()
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <>
      <h3>
        <TriangleAlert aria-hidden="true" size={20} />
        {t(`retention.obstacle.${kind}`)}
        {place && `: ${place}`}
      </h3>
      <p>{t(`retention.obstacle.${kind}.why`)}</p>
      <p>
        <strong>{t('retention.obstacle.do')}</strong> {t(`retention.obstacle.${kind}.do`)}
      </p>
      <p className="muted">
        {[
          count > 0 &&
            t(kind === 'history-uncounted' ? 'retention.obstacle.count.days' : 'retention.obstacle.count', {
              count,
              number: formatCount(count, language),
            }),
          since && t('retention.obstacle.since', { time: at(since) }),
          deadline && t('retention.obstacle.deadline', { time: at(deadline) }),
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
      {fault && (
        <p className="muted small-text breaking" lang="en">
          {fault}
        </p>
      )}
      {example && (
        <p className="muted small-text breaking">
          {t('retention.obstacle.example', {
            id: /^\d{4}-\d\d-\d\d$/.test(example) ? formatDate(`${example}T12:00:00Z`, language) : example,
          })}
        </p>
      )}
      {place && withPlaces && (
        <p>
          <Link to="/retention/places">{t('retention.places.title')}</Link>
        </p>
      )}
    </>
  )
}
