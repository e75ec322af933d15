import { CircleCheck, CircleDashed, CircleX, Hourglass, PowerOff } from 'lucide-react'
import { useId, useState } from 'react'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { FeedProblems } from './feed-problems.tsx'
import type { FeedState } from './reconciliation-shapes.ts'

const marks = {
  well: { Icon: CircleCheck, badge: 'badge-available' },
  never: { Icon: CircleDashed, badge: 'badge-restricted' },
  behind: { Icon: Hourglass, badge: 'badge-restricted' },
  fault: { Icon: CircleX, badge: 'badge-live-failing' },
  away: { Icon: PowerOff, badge: 'badge-live-failing' },
} as const
const knownFaults = ['login-refused', 'unreachable'] as const

/** One feed: whether it delivers, its progress, its fault, and unreadable records. */
export function FeedCard({ feed, period }: { feed: FeedState; period: { from: string; to: string } }) {
  const { t, language } = useLanguage()
  const title = useId()
  const [isOpen, setOpen] = useState(false)
  const { Icon, badge } = marks[feed.state]
  const count = (value: number) => formatCount(value, language)
  const at = (instant: string | undefined) => (instant ? formatInstant(instant, language) : t('reconciliation.never'))
  return (
    <section id={`feed-${feed.name}`} tabIndex={-1} className="panel stack-small" aria-labelledby={title}>
      <div className="alarm-head">
        <h3 id={title} className="breaking">
          {feed.name}
        </h3>
        <span className={`badge ${badge}`}>
          <Icon aria-hidden="true" size={16} />
          {t(`reconciliation.state.${feed.state}`)}
        </span>
      </div>
      {feed.state !== 'well' && (
        <Notice kind="warning">
          <p>{t(`reconciliation.state.${feed.state}.what`)}</p>
          {feed.state === 'fault' && feed.fault !== undefined && <Fault fault={feed.fault} />}
          {feed.state === 'fault' && feed.faultAt && (
            <p>{t('reconciliation.fault.since', { time: formatInstant(feed.faultAt, language) })}</p>
          )}
          {feed.behindSince && (
            <p>{t('reconciliation.behindSince', { time: formatInstant(feed.behindSince, language) })}</p>
          )}
        </Notice>
      )}
      <dl className="facts">
        <Fact label={t('reconciliation.heardAt')}>{at(feed.heardAt)}</Fact>
        <Fact label={t('reconciliation.toldUntil')}>{at(feed.toldUntil)}</Fact>
        <Fact label={t('reconciliation.covers')}>
          {feed.covers ? feed.covers.map(formatPhone).join(', ') : t('reconciliation.covers.all')}
        </Fact>
        <Fact label={t('reconciliation.source')}>{feed.source}</Fact>
        <Fact label={t('reconciliation.taken')}>
          {t('reconciliation.taken.what', {
            records: count(feed.records),
            calls: count(feed.calls),
            outside: count(feed.outside),
          })}
        </Fact>
      </dl>
      {feed.problems > 0 && (
        <div className="actions">
          <Button kind="secondary" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {isOpen
              ? t('reconciliation.problems.close')
              : t('reconciliation.problems.open', { count: feed.problems, number: count(feed.problems) })}
          </Button>
        </div>
      )}
      {isOpen && <FeedProblems feed={feed.name} period={period} />}
    </section>
  )
}

/** Text of a fault code; a system's own message in English as it is. */
function Fault({ fault }: { fault: string }) {
  const { t } = useLanguage()
  const known = knownFaults.find((one) => one === fault)
  if (known) return <p>{t(`reconciliation.fault.${known}`)}</p>
  return (
    <p lang="en" className="breaking">
      {fault}
    </p>
  )
}
