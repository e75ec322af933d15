import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Retention } from './retention-shapes.ts'

/** A clock by which nothing is destroyed: since when, who has said that it is right, and saying so. Nothing while it is right. */
export function ClockState({ retention, onConfirmed }: { retention: Retention; onConfirmed: () => void }) {
  const { say, language } = useLanguage()
  const { clock, may } = retention
  const [asks, setAsks] = useState(false)
  const confirm = $api.useMutation('post', '/api/retention/clock')
  if (clock.state === 'right') return null
  const at = (instant: string) => formatInstant(instant, language)
  const submit = async () => {
    const done = await confirm.mutateAsync({ body: { now: clock.now } }).then(
      () => true,
      () => false,
    )
    if (!done) return
    announce(say('clock.confirmed'))
    onConfirmed()
    focusHeading('retention-clock')
  }
  const mayConfirm = clock.state === 'ahead' && may.confirmClock && !clock.isConfirmedByViewer
  return (
    <section aria-labelledby="retention-clock" className="plan-section">
      <h2 id="retention-clock" tabIndex={-1}>
        {say(`clock.${clock.state}`)}
      </h2>
      <Notice kind={clock.stoppedSince ? 'error' : 'warning'}>
        <p>{say(`clock.${clock.state}.why`, { now: at(clock.now), mark: at(clock.mark) })}</p>
        {clock.stoppedSince && <p>{say('clock.stopped', { time: at(clock.stoppedSince) })}</p>}
        {clock.state === 'ahead' && <p>{say('clock.two')}</p>}
        {clock.confirmedBy.map(({ name, at: when }) => (
          <p key={name}>{say('clock.by', { name, time: at(when) })}</p>
        ))}
        {clock.isConfirmedByViewer && <p>{say('clock.yours')}</p>}
        {confirm.error && <Failure error={confirm.error} />}
        {mayConfirm && (
          <Button kind="secondary" isBusy={confirm.isPending} onPress={() => setAsks(true)}>
            {say('clock.confirm')}
          </Button>
        )}
      </Notice>
      <Confirm
        title={say('clock.question', { now: at(clock.now) })}
        doLabel={say('clock.yes')}
        isOpen={asks}
        onDo={() => void submit()}
        onClose={() => setAsks(false)}
      >
        <p>{say('clock.question.why')}</p>
      </Confirm>
    </section>
  )
}
