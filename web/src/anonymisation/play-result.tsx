import { Headphones } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy, CopyPlayback } from './copy-shapes.ts'
import { ResultPlayer } from './result-player.tsx'
import { wholePercent } from './stretches.ts'

type PlaybackState =
  | { state: 'idle' }
  | { state: 'opening' }
  | { state: 'open'; playback: CopyPlayback }
  | { state: 'stopped' }
  | { state: 'refused'; error: unknown }

/** Plays the anonymised copy and shows how much of it the viewer has listened to. */
export function PlayResult({ copy, onPlayed }: { copy: AnonymisedCopy; onPlayed: () => void }) {
  const { t } = useLanguage()
  const [playback, setPlayback] = useState<PlaybackState>({ state: 'idle' })
  const [atMs, setAt] = useState(0)
  const offer = useRef<HTMLButtonElement>(null)
  const isStopped = playback.state === 'stopped' || playback.state === 'refused'
  useEffect(() => {
    if (isStopped) offer.current?.focus()
  }, [isStopped])

  const open = async () => {
    setPlayback({ state: 'opening' })
    try {
      const { data, error } = await api.POST('/api/anonymised-copies/{id}/hearings', {
        params: { path: { id: copy.id } },
      })
      setPlayback(data ? { state: 'open', playback: data } : { state: 'refused', error })
    } catch (error) {
      setPlayback({ state: 'refused', error })
    }
  }
  return (
    <>
      {playback.state === 'stopped' && (
        <Notice kind="warning" isUrgent>
          {t('anonymisation.result.stopped')}
        </Notice>
      )}
      {playback.state === 'refused' && <Failure error={playback.error} />}
      {playback.state === 'open' ? (
        <ResultPlayer
          playback={playback.playback}
          startMs={atMs}
          onServed={onPlayed}
          onBroken={() => {
            setPlayback({ state: 'stopped' })
            onPlayed()
          }}
          onStop={setAt}
        />
      ) : (
        <div className="listen-offer">
          <Button ref={offer} kind="primary" isBusy={playback.state === 'opening'} onPress={() => void open()}>
            <Headphones aria-hidden="true" size={20} />
            {t(
              playback.state === 'opening'
                ? 'listening.opening'
                : isStopped
                  ? 'listening.again'
                  : 'anonymisation.result.hear',
            )}
          </Button>
          <p>{t('anonymisation.result.logged')}</p>
        </div>
      )}
      <div className="play-result">
        <label htmlFor="heard-share">{t('anonymisation.heard')}</label>
        <progress id="heard-share" max={1} value={copy.heardShare} />
        <span className="nowrap">{wholePercent(copy.heardShare)} %</span>
      </div>
    </>
  )
}
