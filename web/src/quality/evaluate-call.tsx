import { Link, useNavigate } from '@tanstack/react-router'
import { ClipboardCheck } from 'lucide-react'
import { useState } from 'react'
import { api } from '../api/client.ts'
import type { Me, Recording, UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { evaluates } from './quality-shapes.ts'

type State = 'idle' | 'asking' | 'not-drawn' | { error: unknown }

/**
 * Button from a call to its evaluation. Only calls drawn by a sampling plan are evaluated: for another call, pressing the
 * button shows that, with a link to the queue. The queue is read, which is logged, only when the button is pressed.
 */
export function EvaluateCall({ recording, me, under }: { recording: Recording; me: Me; under: UnderPurpose }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const [state, setState] = useState<State>('idle')
  const isForQuality = under.purpose === 'QUALITY' || under.purpose === 'DEVELOPMENT'
  if (recording.state !== 'available' || !isForQuality || !evaluates(me)) return null

  const evaluate = async () => {
    setState('asking')
    try {
      const queue = await api.GET('/api/quality/evaluations')
      if (!queue.data) return setState({ error: queue.error })
      const found = queue.data.items.find(({ recordingId }) => recordingId === recording.id)
      if (!found) return setState('not-drawn')
      const params = { id: found.id }
      if (found.state === 'WAITING') {
        const begun = await api.POST('/api/quality/evaluations/{id}/beginning', { params: { path: params } })
        if (begun.error) return setState({ error: begun.error })
      }
      await navigate({ to: '/quality/evaluations/$id', params })
    } catch (error) {
      setState({ error })
    }
  }

  return (
    <div className="stack-small">
      {state === 'not-drawn' ? (
        <Notice kind="info" isUrgent>
          <p>
            {t('quality.notDrawn')} <Link to="/quality">{t('quality.title')}</Link>
          </p>
        </Notice>
      ) : (
        <div className="actions">
          <Button isBusy={state === 'asking'} onPress={() => void evaluate()}>
            <ClipboardCheck aria-hidden="true" size={18} />
            {t('quality.evaluate.call')}
          </Button>
        </div>
      )}
      {typeof state === 'object' && <Failure error={state.error} />}
    </div>
  )
}
