import { useEffect, useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { failureWord } from './failure-word.ts'
import { focusRow } from './focus-row.ts'
import type { Missing } from './missing.ts'
import { MissingList } from './missing-list.tsx'
import { wholePercent } from './stretches.ts'
import { turnId } from './turn-id.ts'
import type { Turn } from './work.ts'

/** State of the copy and the next step: what is missing, rendering and its progress, result. */
export function CopyStatePanel({
  copy,
  missing,
  failedTurn,
  isUnsaved,
  isBusy,
  onRender,
}: {
  copy: AnonymisedCopy
  missing: readonly Missing[]
  /** Turn on which the render failed. */
  failedTurn: Turn | undefined
  isUnsaved: boolean
  isBusy: boolean
  /** Saves unsaved work first. */
  onRender: () => void
}) {
  const { t, language } = useLanguage()
  const { state, rendered, check, failure } = copy
  useAnnounceChanges(state)
  const isIdle = !isUnsaved && (state === 'RENDERED' || missing.length > 0)
  return (
    <section className="request-next copy-state" aria-labelledby="copy-state">
      <h2 id="copy-state" tabIndex={-1}>
        <span className="request-next-label">{t('anonymisation.next')}</span>
        {t(missing.length > 0 && state !== 'RENDERING' ? 'anonymisation.next.missing' : `anonymisation.next.${state}`)}
      </h2>
      {state === 'REJECTED' && check && (
        <Notice kind="warning" title={t('anonymisation.rejected')}>
          <p>{t('anonymisation.checkedBy', { name: check.by.name, time: formatInstant(check.at, language) })}</p>
          {check.note && <p className="check-note">{check.note}</p>}
        </Notice>
      )}
      {state === 'FAILED' && (
        <Notice kind="error">
          <p>{t(`anonymisation.failure.${failureWord(failure)}`)}</p>
          {failedTurn && (
            <Button kind="secondary" onPress={() => focusRow(turnId(failedTurn.key), 'textarea')}>
              {t('anonymisation.goToRow')}
            </Button>
          )}
        </Notice>
      )}
      {state === 'RENDERING' && <Progress share={copy.progress} />}
      {state === 'RENDERED' && rendered && (
        <p>
          {t('anonymisation.rendered', {
            time: formatInstant(rendered.at, language),
            engine: rendered.engine,
            version: rendered.version,
          })}
        </p>
      )}
      {missing.length > 0 && state !== 'RENDERING' && (
        <>
          <MissingList missing={missing} />
          <p className="muted">{t('anonymisation.lack.ofSaved')}</p>
        </>
      )}
      {/* Also shown when disabled, so that the content below does not move under the pointer at the first edit. */}
      {state !== 'RENDERING' && (
        <div className="actions">
          <Button kind="primary" isBusy={isBusy} isDisabled={isIdle} onPress={onRender}>
            {t(isUnsaved ? 'anonymisation.saveAndRender' : 'anonymisation.render')}
          </Button>
        </div>
      )}
    </section>
  )
}

function Progress({ share }: { share: number | undefined }) {
  const { t } = useLanguage()
  return (
    <div className="rendering">
      <label htmlFor="rendering-progress">{t('anonymisation.rendering')}</label>
      <progress id="rendering-progress" max={1} {...(share !== undefined && { value: share })} />
      {share !== undefined && <span className="nowrap">{wholePercent(share)} %</span>}
    </div>
  )
}

/** Announces the end of a render to screen readers, because it may be long after the button was pressed. */
function useAnnounceChanges(state: AnonymisedCopy['state']): void {
  const { t } = useLanguage()
  const seen = useRef(state)
  useEffect(() => {
    const was = seen.current
    seen.current = state
    if (was !== state && (was === 'RENDERING' || state === 'RENDERING')) announce(t(`anonymisation.next.${state}`))
  }, [state, t])
}
