import { Headphones } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy, CopyHearing } from './copy-shapes.ts'
import { ResultPlayer } from './result-player.tsx'
import { wholePercent } from './stretches.ts'

type Hearing =
  | { state: 'idle' }
  | { state: 'opening' }
  | { state: 'open'; hearing: CopyHearing }
  | { state: 'stopped' }
  | { state: 'refused'; error: unknown }

/** Plays the anonymised copy and shows how much of it the viewer has listened to. */
export function HearResult({ copy, onHeard }: { copy: AnonymisedCopy; onHeard: () => void }) {
  const { say } = useLanguage()
  const [hearing, setHearing] = useState<Hearing>({ state: 'idle' })
  const [atMs, setAt] = useState(0)
  const offer = useRef<HTMLButtonElement>(null)
  const isStopped = hearing.state === 'stopped' || hearing.state === 'refused'
  useEffect(() => {
    if (isStopped) offer.current?.focus()
  }, [isStopped])

  const open = async () => {
    setHearing({ state: 'opening' })
    try {
      const { data, error } = await api.POST('/api/anonymised-copies/{id}/hearings', {
        params: { path: { id: copy.id } },
      })
      setHearing(data ? { state: 'open', hearing: data } : { state: 'refused', error })
    } catch (error) {
      setHearing({ state: 'refused', error })
    }
  }
  return (
    <>
      {hearing.state === 'stopped' && (
        <Notice kind="warning" isUrgent>
          {say('anonymisation.result.stopped')}
        </Notice>
      )}
      {hearing.state === 'refused' && <Failure error={hearing.error} />}
      {hearing.state === 'open' ? (
        <ResultPlayer
          hearing={hearing.hearing}
          startMs={atMs}
          onServed={onHeard}
          onBroken={() => {
            setHearing({ state: 'stopped' })
            onHeard()
          }}
          onStop={setAt}
        />
      ) : (
        <div className="listen-offer">
          <Button ref={offer} kind="primary" isBusy={hearing.state === 'opening'} onPress={() => void open()}>
            <Headphones aria-hidden="true" size={20} />
            {say(
              hearing.state === 'opening'
                ? 'listening.opening'
                : isStopped
                  ? 'listening.again'
                  : 'anonymisation.result.hear',
            )}
          </Button>
          <p>{say('anonymisation.result.logged')}</p>
        </div>
      )}
      <div className="heard">
        <label htmlFor="heard-share">{say('anonymisation.heard')}</label>
        <progress id="heard-share" max={1} value={copy.heardShare} />
        <span className="nowrap">{wholePercent(copy.heardShare)} %</span>
      </div>
    </>
  )
}
