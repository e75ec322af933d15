/**
 * Begins an evaluation at one press: the call is taken from the queue, its form opens and its recording plays. Each press plays
 * once, so neither a reload nor a link starts a listening.
 */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import type { ListedEvaluation } from './quality-shapes.ts'

/** Evaluation whose button was pressed and whose form is not shown yet. */
let pressed: string | undefined

/** Button that begins an evaluation; `noteId` is the id of the note about listening. */
export function BeginEvaluation({
  evaluation: { id, startedAt, number },
  noteId,
  text,
  isFocused = false,
  onBegun,
  onRefused,
}: {
  evaluation: Pick<ListedEvaluation, 'id' | 'startedAt' | 'number'>
  noteId: string
  /** The button's text; by default "evaluate". */
  text?: string
  isFocused?: boolean
  /** Shows the form; by default opens its page. */
  onBegun?: () => unknown
  /** Called if the call cannot be taken, for example because somebody else has it. */
  onRefused?: () => unknown
}) {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/quality/evaluations/{id}/beginning')
  const press = async () => {
    const isTaken = await begin.mutateAsync({ params: { path: { id } } }).then(
      () => true,
      () => false,
    )
    if (!isTaken) return void onRefused?.()
    pressed = id
    if (onBegun) onBegun()
    else await navigate({ to: '/quality/evaluations/$id', params: { id } })
  }
  const word = text ?? t('quality.evaluate')
  const when = startedAt ? formatInstant(startedAt, language) : t('quality.noRecording')
  return (
    <>
      {begin.error && <Failure error={begin.error} />}
      <Button
        kind="primary"
        isBusy={begin.isPending}
        autoFocus={isFocused}
        aria-label={`${word}: ${when}, ${formatPhone(number)}`}
        aria-describedby={noteId}
        onPress={() => void press()}
      >
        {word}
      </Button>
    </>
  )
}

/** States that beginning plays the recording, under which purpose, and that it is logged. */
export function ListeningNote({ id }: { id: string }) {
  const { t } = useLanguage()
  return (
    <p id={id} className="muted">
      {t('quality.evaluate.plays')} {t('listening.purpose')} {t('session.purpose.QUALITY')}. {t('listening.logged')}
    </p>
  )
}

/** Calls `play` once if the evaluation that is shown was begun by its button. */
export function usePlayOnce(id: string, play: () => void): void {
  const begin = useEffectEvent(() => {
    const isPressed = pressed === id
    pressed = undefined
    if (isPressed) play()
  })
  useEffect(() => {
    const timer = window.setTimeout(() => begin())
    return () => window.clearTimeout(timer)
  }, [id])
}
