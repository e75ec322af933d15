import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { Step } from '../controls/step.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'

/** Adds whole recordings to a training collection, each as a moment that can be shortened there. */
export function PickForTraining({
  recordingIds,
  onPicked,
}: {
  recordingIds: readonly string[]
  /** Called for each that was added. */
  onPicked: (recordingId: string) => void
}) {
  const { t } = useLanguage()
  const listed = $api.useQuery('get', '/api/training/collections', undefined, { staleTime: 30_000 })
  const collections = listed.data?.items.filter(({ endedAt }) => !endedAt) ?? []
  const add = $api.useMutation('post', '/api/training/collections/{id}/moments')
  const [title, setTitle] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [isTried, setTried] = useState(false)
  const [added, setAdded] = useState<{ id: string; words: string }>()
  const collection = collections.find(({ id }) => id === chosen) ?? collections[0]
  if (!listed.data) return null
  if (!collection) {
    return (
      <p className="muted">
        {t('training.moment.noCollection')} <Link to="/training">{t('training.title')}</Link>
      </p>
    )
  }
  const submit = async () => {
    setTried(true)
    if (title.trim() === '') return false
    let count = 0
    const several = recordingIds.length > 1
    for (const [index, recordingId] of recordingIds.entries()) {
      const body = {
        recordingId,
        fromMs: 0,
        title: several ? `${title.trim()} ${index + 1}` : title.trim(),
        lesson: '',
      }
      const request = add.mutateAsync({ params: { path: { id: collection.id } }, body })
      const isAdded = await finishRequest(request, () => {
        count += 1
        setAdded({ id: collection.id, words: t('training.pick.added', { count, name: collection.name }) })
        onPicked(recordingId)
      })
      if (!isAdded) return false
    }
    setTitle('')
    announce(t('training.pick.added', { count, name: collection.name }))
    await queries.invalidateQueries({ queryKey: ['get', '/api/training/collections'] })
    return true
  }
  return (
    <div className="stack-small">
      {added && (
        <Notice kind="success">
          {added.words}{' '}
          <Link to="/training/collections/$id" params={{ id: added.id }}>
            {t('training.collection.go')}
          </Link>
        </Notice>
      )}
      {recordingIds.length > 0 && (
        <Step
          open={t('training.pick.open')}
          submit={t('training.pick.do')}
          isBusy={add.isPending}
          error={add.error}
          onOpen={() => setTried(false)}
          onSubmit={submit}
        >
          <Choice
            label={t('training.collection')}
            options={collections.map(({ id, name }) => ({ value: id, label: name }))}
            value={collection.id}
            onChange={setChosen}
          />
          <Field
            label={t('training.moment.title')}
            hint={t('training.moment.words.hint')}
            error={isTried && title.trim() === '' ? t('training.moment.title.missing') : undefined}
            value={title}
            onChange={setTitle}
            maxLength={190}
            autoComplete="off"
          />
        </Step>
      )}
    </div>
  )
}
