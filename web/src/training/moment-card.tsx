import { Link } from '@tanstack/react-router'
import { Headphones } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { MoveButtons } from '../controls/move-buttons.tsx'
import { ActStep } from '../controls/step.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { MomentFields } from './moment-fields.tsx'
import { MomentHead, EmptyMoment } from './moment-head.tsx'
import { TrainingListen } from './training-listen.tsx'
import { parseMoment, typedOf, type CollectedMoment, type MomentThere, type WrongMoment } from './training-shapes.ts'

/** One moment of a collection: play, change, move, remove. */
export function MomentCard({
  moment,
  position,
  count,
  hasEnded,
  onMove,
  onDone,
}: {
  moment: CollectedMoment
  /** From 1. */
  position: number
  count: number
  /** The collection has ended. */
  hasEnded: boolean
  onMove: (by: 1 | -1) => void
  onDone: () => Promise<unknown>
}) {
  const { t } = useLanguage()
  const remove = $api.useMutation('delete', '/api/training/moments/{id}')
  const [isPlaying, setPlaying] = useState(false)
  const isNamed = moment.state === 'THERE' && moment.title !== ''
  const named = isNamed ? moment.title : t('training.moment.place', { position })
  const removeMoment = () =>
    finishRequest(remove.mutateAsync({ params: { path: { id: moment.id } } }), async () => {
      announce(t('training.moment.removed'))
      await onDone()
      // The pressed button was removed with the moment.
      document.getElementById('training-moments')?.focus()
    })
  return (
    <li className="card stack-small">
      {moment.state === 'THERE' ? (
        <MomentHead moment={moment} position={position} />
      ) : (
        <>
          <h3 className="card-title">{named}</h3>
          <EmptyMoment moment={moment} />
        </>
      )}
      {remove.error && <Failure error={remove.error} />}
      {moment.state === 'THERE' && isPlaying && (
        <TrainingListen
          recordingId={moment.recordingId}
          fromMs={moment.fromMs}
          toMs={moment.toMs}
          onClosed={() => setPlaying(false)}
        />
      )}
      {!hasEnded && (
        <div className="actions">
          {moment.state === 'THERE' && !moment.standsStill && !isPlaying && (
            <Button aria-label={`${t('training.moment.hear')}: ${named}`} onPress={() => setPlaying(true)}>
              <Headphones aria-hidden="true" size={18} />
              {t('training.moment.hear')}
            </Button>
          )}
          <MoveButtons
            up={t('training.moment.up', { name: named })}
            down={t('training.moment.down', { name: named })}
            isFirst={position === 1}
            isLast={position === count}
            onMove={onMove}
          />
          {moment.state !== 'OUT_OF_REACH' && (
            <Button
              kind="link"
              isBusy={remove.isPending}
              aria-label={`${t('training.moment.remove')}: ${named}`}
              onPress={() => void removeMoment()}
            >
              {t('training.moment.remove')}
            </Button>
          )}
          {moment.state === 'THERE' && (
            <Link to="/contacts/$id" params={{ id: moment.contactId }}>
              {t('training.moment.call')}
            </Link>
          )}
        </div>
      )}
      {!hasEnded && moment.state === 'THERE' && <ChangeMoment moment={moment} named={named} onDone={onDone} />}
    </li>
  )
}

function ChangeMoment({
  moment,
  named,
  onDone,
}: {
  moment: MomentThere
  /** Name on the page. */
  named: string
  onDone: () => Promise<unknown>
}) {
  const { t } = useLanguage()
  const save = $api.useMutation('put', '/api/training/moments/{id}')
  const [typed, setTyped] = useState(typedOf(moment))
  const [wrong, setWrong] = useState<WrongMoment>({})
  const changed = () => {
    const read = parseMoment(typed, moment.durationMs)
    setWrong('wrong' in read ? read.wrong : {})
    return 'wrong' in read ? undefined : { params: { path: { id: moment.id } }, body: read }
  }
  return (
    <ActStep
      open={t('training.moment.change')}
      named={`${t('training.moment.change')}: ${named}`}
      submit={t('training.moment.change.do')}
      act={save}
      request={changed}
      onDone={async () => {
        announce(t('training.moment.saved'))
        await onDone()
      }}
      onOpen={() => {
        setTyped(typedOf(moment))
        setWrong({})
      }}
    >
      <MomentFields
        typed={typed}
        durationMs={moment.durationMs}
        wrong={wrong}
        onEdit={(edited) => setTyped({ ...typed, ...edited })}
      />
    </ActStep>
  )
}
