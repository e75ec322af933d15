import { parseDate } from '@internationalized/date'
import { useId } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Day } from '../controls/day.tsx'
import { Failure } from '../controls/failure.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { writeDay } from './days.ts'
import type { Institute, ResearchDetail, ResearchNotice } from './disclosure-shapes.ts'
import { Extensions } from './extensions.tsx'
import { useStoredForm } from './stored-form.ts'
import { NoticeTo } from './notice-to.tsx'
import { refusedDay } from './refused-day.ts'
import { ReturnedItems } from './returned-items.tsx'
import type { Done } from './done.ts'
import { researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'
import { useInstitutes } from './use-disclosures.ts'

/** Returns and destructions of the copies, item by item, until the disclosure can be closed (R32). */
export function Returns({ disclosure, me, onDone }: { disclosure: ResearchDetail; me: Me; onDone: Done }) {
  const { t, language } = useLanguage()
  const { state, may, notices, studyEndedOn, open, itemList } = disclosure
  const institute = useInstitutes(me).data?.items.find(({ id }) => id === disclosure.institute.id)
  const left = itemList.filter(({ outcome }) => outcome === 'out' || outcome === 'recalled').map(({ item }) => item)
  return (
    <StepFrame
      heading={researchHeading('returns')}
      title={t('disclosures.step.research.returns')}
      state={researchStepState('returns', disclosure)}
    >
      {studyEndedOn && <p>{t('disclosures.returns.studyEnded', { day: writeDay(studyEndedOn, language) })}</p>}
      {notices.map((notice) => (
        <NoticeText key={`${notice.kind} ${notice.item ?? ''}`} notice={notice} institute={institute} />
      ))}
      <ReturnedItems disclosure={disclosure} onDone={onDone} />
      {may.confirm && state === 'RELEASED' && <EndStudy disclosure={disclosure} onDone={onDone} />}
      <Extensions disclosure={disclosure} me={me} onDone={onDone} />
      {may.confirm && open > 0 && (
        <p className="request-note">
          {t('disclosures.returns.close.when', { count: left.length, items: left.join(', ') })}
        </p>
      )}
      {may.confirm && open === 0 && <CloseResearch id={disclosure.id} onDone={onDone} />}
    </StepFrame>
  )
}

/** Current notice to the institute, in its language, and its heading. */
function NoticeText({
  notice: { kind, item, language, text },
  institute,
}: {
  notice: ResearchNotice
  institute?: Institute | undefined
}) {
  const { t } = useLanguage()
  const title = useId()
  return (
    <section className="stack-small" aria-labelledby={title}>
      <h3 id={title}>{t(`disclosures.returns.notice.${kind}`, { item: item ?? '' })}</h3>
      <NoticeTo institute={institute} language={language} text={text} />
    </section>
  )
}

function EndStudy({ disclosure: { id }, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t } = useLanguage()
  const end = $api.useMutation('post', '/api/research-disclosures/{id}/study-end')
  const today = todayAt(serverNowMs()).toString()
  const form = useStoredForm(`study end ${id}`, { endedOn: today })
  const { endedOn } = form.typed
  const isWrong = endedOn === '' || endedOn > today
  const refused = refusedDay(end.error)
  return (
    <ActStep
      open={t('disclosures.returns.endStudy')}
      submit={t('disclosures.returns.endStudy.do')}
      act={end}
      error={refused ? undefined : end.error}
      request={() => (isWrong ? undefined : { params: { path: { id } }, body: { endedOn } })}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.returns.endStudy.done'), researchHeading('returns'))
      }}
    >
      {(isTried) => (
        <>
          <p>{t('disclosures.returns.endStudy.what')}</p>
          <Day
            label={t('disclosures.returns.endedOn')}
            error={isTried && isWrong ? t('error.research.day-ahead') : refused && t(refused)}
            value={endedOn === '' ? null : parseDate(endedOn)}
            onChange={(day) => {
              end.reset()
              form.edit({ endedOn: day?.toString() ?? '' })
            }}
          />
        </>
      )}
    </ActStep>
  )
}

function CloseResearch({ id, onDone }: { id: string; onDone: Done }) {
  const { t } = useLanguage()
  const close = $api.useMutation('post', '/api/research-disclosures/{id}/close')
  return (
    <div className="stack-small">
      {close.error != null && <Failure error={close.error} />}
      <div className="actions">
        <ConfirmButton
          kind="primary"
          label={t('disclosures.returns.close')}
          isBusy={close.isPending}
          title={t('disclosures.returns.close.sure')}
          onDo={() =>
            close.mutate(
              { params: { path: { id } } },
              { onSuccess: () => void onDone(t('disclosures.returns.closed')) },
            )
          }
        >
          <p>{t('disclosures.returns.close.what')}</p>
        </ConfirmButton>
      </div>
    </div>
  )
}
