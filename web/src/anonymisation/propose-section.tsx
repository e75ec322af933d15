import { Sparkles } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { AnonymisedCopy, TurnLanguage } from './copy-shapes.ts'
import { recognitionFailureWord } from './failure-word.ts'
import { PickOne } from './pick-one.tsx'

/** Proposes stretches of speech, or the words from the agency's speech recognition; a person reviews each. */
export function ProposeSection({
  recognition,
  spoken,
  isBusy,
  onRecognise,
  onPropose,
}: {
  recognition: AnonymisedCopy['recognition']
  /** Spoken language according to the work. */
  spoken: TurnLanguage
  isBusy: boolean
  onRecognise: (language: TurnLanguage) => void
  /** Adds the proposals to the work. */
  onPropose: () => void
}) {
  const { t } = useLanguage()
  const [language, setLanguage] = useState(spoken)
  const state = recognition?.state
  const [hasProposed, setProposed] = useState(false)
  const propose = () => {
    setProposed(true)
    onPropose()
  }
  useWhenMade(state, propose)
  const isUnderWay = state === 'waiting' || state === 'running'
  const proposing = (
    <Button kind={state === 'made' && hasProposed ? 'quiet' : 'secondary'} isBusy={isBusy} onPress={propose}>
      <Sparkles aria-hidden="true" size={18} />
      {t(isBusy ? 'anonymisation.proposing' : proposeLabel(state))}
    </Button>
  )
  return (
    <section className="panel stack propose" aria-labelledby="propose">
      <h2 id="propose" tabIndex={-1}>
        {t('anonymisation.propose')}
      </h2>
      <p>{t(recognition ? 'anonymisation.propose.recognition' : 'anonymisation.propose.hint')}</p>
      {recognition && <p className="muted">{t('anonymisation.recognition.by', recognition)}</p>}
      {isUnderWay && (
        <div className="rendering">
          <label htmlFor="recognition-progress">{t(`anonymisation.recognition.${state}`)}</label>
          <progress
            id="recognition-progress"
            {...(recognition?.done && recognition.tracks && { value: recognition.done, max: recognition.tracks })}
          />
          {recognition?.tracks !== undefined && (
            <span className="nowrap">
              {t('anonymisation.recognition.tracks', { done: recognition.done ?? 0, tracks: recognition.tracks })}
            </span>
          )}
        </div>
      )}
      {state === 'made' && (
        <Notice kind="success">
          <p>{t('anonymisation.recognition.made', { words: recognition?.words ?? 0 })}</p>
        </Notice>
      )}
      {state === 'failed' && (
        <Notice kind="error" title={t('anonymisation.recognition.failed')}>
          <p>{t(`anonymisation.recognition.failure.${recognitionFailureWord(recognition?.failure)}`)}</p>
        </Notice>
      )}
      {recognition && !isUnderWay && (
        <PickOne
          label={t('anonymisation.recognition.language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={language}
          onChange={setLanguage}
        />
      )}
      <div className="actions">
        {recognition && !isUnderWay && (
          <Button
            kind={state === 'made' ? 'quiet' : 'secondary'}
            isBusy={isBusy}
            onPress={() => {
              setProposed(false)
              onRecognise(language)
            }}
          >
            {t(state === 'none' ? 'anonymisation.recognition.do' : 'anonymisation.recognition.again')}
          </Button>
        )}
        {!isUnderWay && proposing}
      </div>
    </section>
  )
}

function proposeLabel(state: NonNullable<AnonymisedCopy['recognition']>['state'] | undefined) {
  if (state === 'made') return 'anonymisation.recognition.take'
  return state === undefined ? 'anonymisation.propose.do' : 'anonymisation.recognition.without'
}

/** Adds the result to the work when it is ready, if this tab was waiting for it, and announces it to screen readers. */
function useWhenMade(state: NonNullable<AnonymisedCopy['recognition']>['state'] | undefined, onMade: () => void): void {
  const { t } = useLanguage()
  const seen = useRef(state)
  const made = useEffectEvent(onMade)
  useEffect(() => {
    const was = seen.current
    seen.current = state
    if (was !== 'waiting' && was !== 'running') return
    if (state === 'made') made()
    if (state === 'failed' || state === 'none') announce(t('anonymisation.recognition.failed'))
  }, [state, t])
}
