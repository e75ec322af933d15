import { useParams } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { Attendees } from './attendees.tsx'
import { MomentHead, EmptyMoment } from './moment-head.tsx'
import { TrainingListen } from './training-listen.tsx'
import { trains, type Training } from './training-shapes.ts'

/** A training session: attendees, and its moments, played one after the other. */
export function SessionPage() {
  return (
    <Only who={trains}>
      <Read />
    </Only>
  )
}

function Read() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/training/sessions/$id' })
  const query = $api.useQuery('get', '/api/training/sessions/{id}', { params: { path: { id } } }, { staleTime: 0 })
  const { data, refetch } = query
  return (
    <Page title={data?.name ?? t('training.session')} crumbs={[{ label: t('training.title'), to: '/training' }]}>
      <Loaded query={query} lines={8} />
      {data && <SessionDetails training={data} onDone={refetch} />}
    </Page>
  )
}

function SessionDetails({ training, onDone }: { training: Training; onDone: () => Promise<unknown> }) {
  const { t, language } = useLanguage()
  const isOpen = training.endedAt === undefined
  const outcome = useRef<HTMLParagraphElement>(null)
  const wasOpen = useRef(isOpen)
  useEffect(() => {
    // The button that ended it is gone.
    if (wasOpen.current && !isOpen) outcome.current?.focus()
    wasOpen.current = isOpen
  }, [isOpen])
  return (
    <>
      <dl className="panel facts">
        <Fact label={t('training.session.reference')}>
          <span className="number">{training.reference}</span>
        </Fact>
        <Fact label={t('training.collection')}>{training.collectionName}</Fact>
        <Fact label={t('training.session.begunAt')}>{formatInstant(training.begunAt, language)}</Fact>
        {training.endedAt && (
          <Fact label={t('training.session.endedAt')}>{formatInstant(training.endedAt, language)}</Fact>
        )}
        <Fact label={t('training.session.played')}>
          {t('training.session.played.count', { count: training.played.length })}
        </Fact>
      </dl>
      <Attendees training={training} onDone={onDone} />
      {isOpen && <Moments training={training} onDone={onDone} />}
      {isOpen && <EndSession training={training} onDone={onDone} />}
      {!isOpen && (
        <p ref={outcome} tabIndex={-1}>
          {t('training.session.over.what')}
        </p>
      )}
    </>
  )
}

function Moments({ training, onDone }: { training: Training; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const query = $api.useQuery(
    'get',
    '/api/training/collections/{id}',
    { params: { path: { id: training.collectionId } } },
    { staleTime: 0 },
  )
  const { data } = query
  const [playing, setPlaying] = useState<string>()
  const canPlay = training.attendees.length > 0
  return (
    <section className="stack-small" aria-labelledby="training-play">
      <h2 id="training-play">{t('training.moments')}</h2>
      <p>{t('training.session.logged', { reference: training.reference })}</p>
      {!canPlay && <Notice kind="info">{t('training.session.needsSomebody')}</Notice>}
      <Loaded query={query} />
      <ol className="cards training-moments" aria-labelledby="training-play">
        {data?.moments.map((moment, at) => (
          <li key={moment.id} className="card stack-small">
            {moment.state === 'THERE' ? (
              <MomentHead moment={moment} position={at + 1} />
            ) : (
              <>
                <h3 className="card-title">{t('training.moment.place', { position: at + 1 })}</h3>
                <EmptyMoment moment={moment} />
              </>
            )}
            {moment.state === 'THERE' &&
              (playing === moment.id ? (
                <TrainingListen
                  recordingId={moment.recordingId}
                  fromMs={moment.fromMs}
                  toMs={moment.toMs}
                  reference={training.reference}
                  onClosed={() => {
                    setPlaying(undefined)
                    void onDone()
                  }}
                />
              ) : (
                !moment.standsStill && (
                  <div className="actions">
                    <Button
                      kind="primary"
                      isDisabled={!canPlay}
                      aria-label={`${t('training.moment.play')}: ${moment.title}`}
                      onPress={() => setPlaying(moment.id)}
                    >
                      <Play aria-hidden="true" size={20} />
                      {t('training.moment.play')}
                    </Button>
                  </div>
                )
              ))}
          </li>
        ))}
      </ol>
    </section>
  )
}

function EndSession({ training, onDone }: { training: Training; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const end = $api.useMutation('post', '/api/training/sessions/{id}/end')
  const stop = () =>
    finishRequest(end.mutateAsync({ params: { path: { id: training.id } } }), async () => {
      announce(t('training.session.ended'))
      await onDone()
    })
  return (
    <div className="stack-small">
      {end.error && <Failure error={end.error} />}
      <div className="actions">
        <ConfirmButton
          label={t('training.session.end')}
          title={t('training.session.end.sure')}
          isBusy={end.isPending}
          onDo={() => void stop()}
        >
          <p>{t('training.session.end.what')}</p>
        </ConfirmButton>
      </div>
    </div>
  )
}
