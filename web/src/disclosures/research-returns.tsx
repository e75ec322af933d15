import { parseDate } from '@internationalized/date'
import { Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Day } from '../controls/day.tsx'
import { Failure } from '../controls/failure.tsx'
import { Step } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/until.ts'
import { announce } from '../shell/announce.tsx'
import { ended } from './ask.ts'
import { writeDay } from './days.ts'
import type { ResearchDetail, ResearchNotice } from './disclosure-shapes.ts'
import { Extensions } from './extensions.tsx'
import { useKeptForm } from './kept-form.ts'
import { ReturnedItems } from './returned-items.tsx'
import type { Done } from './done.ts'
import { researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'

/** What leaves comes back or is destroyed: item by item, until the disclosure can be closed (R32). */
export function Returns({ disclosure, me, onDone }: { disclosure: ResearchDetail; me: Me; onDone: Done }) {
  const { say, language } = useLanguage()
  const { state, may, notices, studyEndedOn, open } = disclosure
  return (
    <StepFrame
      heading={researchHeading('returns')}
      title={say('disclosures.step.research.returns')}
      state={researchStepState('returns', disclosure)}
    >
      {studyEndedOn && <p>{say('returns.studyEnded', { day: writeDay(studyEndedOn, language) })}</p>}
      {notices.map((notice) => (
        <NoticeText key={`${notice.kind} ${notice.item ?? ''}`} notice={notice} />
      ))}
      <ReturnedItems disclosure={disclosure} onDone={onDone} />
      {may.confirm && state === 'RELEASED' && <EndStudy disclosure={disclosure} onDone={onDone} />}
      <Extensions disclosure={disclosure} me={me} onDone={onDone} />
      {may.confirm && open === 0 && <CloseResearch id={disclosure.id} onDone={onDone} />}
    </StepFrame>
  )
}

/** What the institute is told now, in its language. */
function NoticeText({ notice: { kind, item, language, text } }: { notice: ResearchNotice }) {
  const { say } = useLanguage()
  const title = useId()
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => announce(say('recalls.copied')),
      () => announce(say('recalls.copied.not')),
    )
  return (
    <section className="stack-small" aria-labelledby={title}>
      <h3 id={title}>
        {say(`returns.notice.${kind}`)}
        {item !== undefined && ` (${say('disclosures.item', { item })})`}
      </h3>
      <p className="note disclosure-notice" lang={language}>
        {text}
      </p>
      <div className="actions">
        <Button kind="secondary" onPress={copy}>
          <Copy aria-hidden="true" size={18} />
          {say('recalls.copy')}
        </Button>
      </div>
    </section>
  )
}

function EndStudy({ disclosure: { id }, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { say } = useLanguage()
  const end = $api.useMutation('post', '/api/research-disclosures/{id}/study-end')
  const today = todayAt(serverNowMs()).toString()
  const form = useKeptForm(`study end ${id}`, { endedOn: today })
  const { endedOn } = form.typed
  const [isTried, setTried] = useState(false)
  const isWrong = endedOn === '' || endedOn > today
  const submit = async () => {
    setTried(true)
    if (isWrong) return false
    return ended(end.mutateAsync({ params: { path: { id } }, body: { endedOn } }), async () => {
      form.forget()
      await onDone(say('returns.endStudy.done'), researchHeading('returns'))
    })
  }
  return (
    <Step
      open={say('returns.endStudy')}
      submit={say('returns.endStudy.do')}
      isBusy={end.isPending}
      error={end.error}
      isOpenAtFirst={form.isTyped}
      onOpen={() => setTried(false)}
      onSubmit={submit}
    >
      <p>{say('returns.endStudy.what')}</p>
      <Day
        label={say('returns.endedOn')}
        error={isTried && isWrong ? say('error.research.day-ahead') : undefined}
        value={endedOn === '' ? null : parseDate(endedOn)}
        onChange={(day) => form.edit({ endedOn: day?.toString() ?? '' })}
      />
    </Step>
  )
}

function CloseResearch({ id, onDone }: { id: string; onDone: Done }) {
  const { say } = useLanguage()
  const close = $api.useMutation('post', '/api/research-disclosures/{id}/close')
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="stack-small">
      {close.error != null && <Failure error={close.error} />}
      <div className="actions">
        <Button kind="primary" isBusy={close.isPending} onPress={() => setAsking(true)}>
          {say('returns.close')}
        </Button>
      </div>
      <Confirm
        title={say('returns.close.sure')}
        doLabel={say('returns.close')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onDo={() => close.mutate({ params: { path: { id } } }, { onSuccess: () => void onDone(say('returns.closed')) })}
      >
        <p>{say('returns.close.what')}</p>
      </Confirm>
    </div>
  )
}
