import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { Choice } from '../controls/choice.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { MomentFields } from './moment-fields.tsx'
import { parseMoment, type TypedMoment, type WrongMoment } from './training-shapes.ts'

const empty: TypedMoment = { from: '', to: '', title: '', lesson: '' }

/** Adds a moment of the shown recording to a collection: a reference, never a copy. */
export function AddMoment({ recordingId, durationMs }: { recordingId: string; durationMs: number }) {
  const { t } = useLanguage()
  const listed = $api.useQuery('get', '/api/training/collections', undefined, { staleTime: 30_000 })
  const collections = listed.data?.items.filter(({ endedAt }) => !endedAt) ?? []
  const add = $api.useMutation('post', '/api/training/collections/{id}/moments')
  const [typed, setTyped] = useState(empty)
  const [chosen, setChosen] = useState<string>()
  const [wrong, setWrong] = useState<WrongMoment>({})
  const [added, setAdded] = useState<{ id: string; name: string }>()
  const collection = collections.find(({ id }) => id === chosen) ?? collections[0]
  const request = () => {
    const read = parseMoment(typed, durationMs)
    setWrong('wrong' in read ? read.wrong : {})
    if ('wrong' in read || !collection) return undefined
    return { params: { path: { id: collection.id } }, body: { recordingId, ...read } }
  }
  const show = async () => {
    if (!collection) return
    setAdded(collection)
    setTyped(empty)
    announce(t('training.moment.added', { name: collection.name }))
    await queries.invalidateQueries({ queryKey: ['get', '/api/training/collections'] })
  }
  return (
    <section className="stack-small" aria-label={t('training.title')}>
      {added && (
        <Notice kind="success">
          {t('training.moment.added', { name: added.name })}{' '}
          <Link to="/training/collections/$id" params={{ id: added.id }}>
            {t('training.collection.go')}
          </Link>
        </Notice>
      )}
      <ActStep
        open={t('training.moment.add')}
        submit={t('training.moment.add.do')}
        act={add}
        request={request}
        onDone={show}
        error={add.error ?? listed.error}
        onOpen={() => setWrong({})}
      >
        {listed.data && collections.length === 0 ? (
          <p>
            {t('training.moment.noCollection')} <Link to="/training">{t('training.title')}</Link>
          </p>
        ) : (
          <>
            <Choice
              label={t('training.collection')}
              options={collections.map(({ id, name }) => ({ value: id, label: name }))}
              value={collection?.id ?? ''}
              onChange={setChosen}
            />
            <MomentFields
              typed={typed}
              durationMs={durationMs}
              wrong={wrong}
              onEdit={(edited) => setTyped({ ...typed, ...edited })}
            />
          </>
        )}
      </ActStep>
    </section>
  )
}
