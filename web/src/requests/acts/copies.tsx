import { useEffect, useId, useState } from 'react'
import { $api } from '../../api/client.ts'
import type { RequestDetail, SubjectCopy } from '../../api/shapes.ts'
import { ConfirmButton } from '../../controls/confirm-button.tsx'
import { Downloads } from '../../controls/downloads.tsx'
import { Failure } from '../../controls/failure.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { partsOf, type Part } from './acts-shapes.ts'
import { MakeCopy } from './make-copy.tsx'
import { ShownOnce, type MadeCopy } from './shown-once.tsx'

/** Poll interval while a copy is being made. */
const pollMs = 1_500

/** Copies of recordings for the requester: to make, and made, with their states (C1). */
export function Copies({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { t } = useLanguage()
  const title = useId()
  const [made, setMade] = useState<MadeCopy>()
  const { copies } = request
  const isMaking = copies.some(({ state }) => state === 'making')
  useEffect(() => {
    if (!isMaking) return undefined
    const timer = setInterval(onChanged, pollMs)
    return () => clearInterval(timer)
  }, [isMaking, onChanged])

  const hasOpenCopy = (id: string) =>
    copies.some(({ recordingId, state }) => recordingId === id && (state === 'making' || state === 'ready'))
  const parts = partsOf(request).filter(({ recording }) => recording.state === 'available')
  const toMake = request.closed ? [] : parts.filter(({ recording }) => recording.id && !hasOpenCopy(recording.id))
  return (
    <section className="stack-small" aria-labelledby={title}>
      <h3 id={title} tabIndex={-1}>
        {t('acts.copies.title')}
      </h3>
      <p>{t('acts.copies.what')}</p>
      {copies.length > 0 && (
        <ul className="plain-list">
          {copies.map((copy) => (
            <CopyRow
              key={copy.id}
              copy={copy}
              part={partsOf(request).find(({ recording }) => recording.id === copy.recordingId)}
              onWithdrawn={() => {
                onChanged()
                announce(t('acts.copies.withdrawn.now'))
                focusHeading(title)
              }}
            />
          ))}
        </ul>
      )}
      {made && <ShownOnce made={made} onClose={() => setMade(undefined)} />}
      {toMake.map((part) => (
        <MakeCopy
          key={part.id}
          request={request}
          part={part}
          isOne={parts.length === 1}
          onMade={(copy) => {
            setMade(copy)
            onChanged()
          }}
        />
      ))}
      {parts.length === 0 && copies.length === 0 && <p className="muted">{t('acts.copies.none')}</p>}
    </section>
  )
}

function CopyRow({ copy, part, onWithdrawn }: { copy: SubjectCopy; part: Part | undefined; onWithdrawn: () => void }) {
  const { t, language } = useLanguage()
  const withdraw = $api.useMutation('delete', '/api/copies/{id}')
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <li className="stack-small">
      <p>
        <strong>{t(`acts.copies.state.${copy.state}`)}</strong>
        {copy.takenAt && ` ${at(copy.takenAt)}`}
        {(copy.state === 'ready' || copy.state === 'making') &&
          ` ${t('acts.copies.until', { time: at(copy.expiresAt) })}`}
      </p>
      <p className="muted">
        {part?.official && `${t('acts.copies.of', { name: part.official.name })} `}
        {t('acts.copies.made', {
          how: t(`acts.copies.method.${copy.method}`),
          who: copy.madeBy.name,
          time: at(copy.madeAt),
        })}
      </p>
      <Downloads downloads={copy.downloads} />
      {withdraw.error != null && <Failure error={withdraw.error} />}
      {(copy.state === 'ready' || copy.state === 'making') && (
        <div className="actions">
          <ConfirmButton
            label={t('acts.copies.withdraw')}
            title={t('acts.copies.withdraw.sure')}
            isBusy={withdraw.isPending}
            onDo={() => withdraw.mutate({ params: { path: { id: copy.id } } }, { onSuccess: onWithdrawn })}
          >
            <p>{t('acts.copies.withdraw.what')}</p>
          </ConfirmButton>
        </div>
      )}
    </li>
  )
}
