import { Link } from '@tanstack/react-router'
import { CalendarClock } from 'lucide-react'
import { useId } from 'react'
import { Fact } from '../contact/facts.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { firstEnd, outcomes, type Inspection } from './inspection-shapes.ts'
import { CloseInspection, MoveAppointment } from './inspection-steps.tsx'

/** One inspection: whose, of how many recordings, when it is heard, and by when it must be. */
export function InspectionCard({
  inspection,
  withLink = false,
  onChanged,
}: {
  inspection: Inspection
  /** Leads to the call; left out beside the call itself. */
  withLink?: boolean
  onChanged: () => void
}) {
  const { say, language } = useLanguage()
  const title = useId()
  const at = (instant: string) => formatInstant(instant, language)
  const { appointment, closed, recordings } = inspection
  const end = firstEnd(inspection)
  const gone = recordings.filter(({ state }) => state === 'destroyed').length
  const Heading = withLink ? 'h2' : 'h3'
  const done = (said: Word) => {
    onChanged()
    announce(say(said))
    focusHeading(title)
  }
  return (
    <section className={withLink ? 'panel stack-small' : 'stack-small inspection'} aria-labelledby={title}>
      <div className="alarm-head">
        <Heading id={title} tabIndex={-1}>
          {say('inspections.one', { reference: inspection.reference })}
        </Heading>
        {inspection.isUrgent && !closed && (
          <span className="badge badge-live-failing">
            <CalendarClock aria-hidden="true" size={16} />
            {say('inspections.urgent')}
          </span>
        )}
      </div>
      {inspection.isUrgent && !closed && end && (
        <Notice kind="warning">{say('inspections.urgent.what', { time: at(end) })}</Notice>
      )}
      <dl className="facts">
        <Fact label={say('inspections.party')}>{say(`party.${inspection.party}`)}</Fact>
        <Fact label={say('inspections.receivedAt')}>{at(inspection.receivedAt)}</Fact>
        <Fact label={say('inspections.recordings')}>
          {formatCount(recordings.length, language)}
          {gone > 0 && <span className="second">{say('inspections.gone', { count: gone })}</span>}
        </Fact>
        {end && !closed && <Fact label={say('inspections.end')}>{at(end)}</Fact>}
        <Fact label={say('inspections.appointment')}>
          {appointment ? (
            <>
              {at(appointment.at)}
              <span className="second">{appointment.office}</span>
            </>
          ) : (
            <span className="muted">{say('inspections.appointment.none')}</span>
          )}
        </Fact>
        {closed && (
          <Fact label={say('inspections.closedAt')}>
            {at(closed.at)}
            <span className="second">{sayOutcome(closed.outcome)}</span>
          </Fact>
        )}
      </dl>
      {withLink && (
        <p>
          <Link to="/contacts/$id" params={{ id: inspection.contactId }}>
            {say('inspections.contact')}
          </Link>
        </p>
      )}
      {!closed && (
        <div className="actions actions-forms">
          <MoveAppointment inspection={inspection} onMoved={() => done('inspections.moved')} />
          <CloseInspection inspection={inspection} onClosed={() => done('inspections.closed.done')} />
        </div>
      )}
    </section>
  )

  function sayOutcome(outcome: string): string {
    const known = outcomes.find((one) => one === outcome)
    return known ? say(`inspections.outcome.${known}`) : outcome
  }
}
