import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { MomentCard } from './moment-card.tsx'
import { CollectionFields } from './new-collection.tsx'
import { moved, trains, type Collection } from './training-shapes.ts'

/** One collection: its moments in order, and its sessions. */
export function CollectionPage() {
  return (
    <Only who={trains}>
      <Read />
    </Only>
  )
}

function Read() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/training/collections/$id' })
  const query = $api.useQuery('get', '/api/training/collections/{id}', { params: { path: { id } } }, { staleTime: 0 })
  const { data, refetch } = query
  return (
    <Page title={data?.name ?? t('training.collection')} crumbs={[{ label: t('training.title'), to: '/training' }]}>
      <Loaded query={query} lines={8} />
      {data && <CollectionDetails collection={data} onDone={refetch} />}
    </Page>
  )
}

function CollectionDetails({ collection, onDone }: { collection: Collection; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const order = $api.useMutation('put', '/api/training/collections/{id}/order')
  const hasEnded = collection.endedAt !== undefined
  const ids = collection.moments.map(({ id }) => id)
  const move = (id: string, by: 1 | -1) =>
    finishRequest(
      order.mutateAsync({ params: { path: { id: collection.id } }, body: { moments: moved(ids, id, by) } }),
      async () => {
        announce(t('training.moment.moved', { position: ids.indexOf(id) + 1 + by }))
        await onDone()
      },
    )
  return (
    <>
      {collection.aim && <p className="lead training-aim">{collection.aim}</p>}
      {hasEnded && <Notice kind="info">{t('training.collection.over.what')}</Notice>}
      {!hasEnded && (
        <div className="stack-small">
          <BeginSession collection={collection} />
        </div>
      )}
      <section className="stack-small" aria-labelledby="training-moments">
        <h2 id="training-moments" tabIndex={-1}>
          {t('training.moments')}
        </h2>
        {!hasEnded && (
          <p>
            {t('training.moments.how')} <Link to="/contacts">{t('shell.nav.search')}</Link>
          </p>
        )}
        {order.error && <Failure error={order.error} />}
        {collection.moments.length === 0 && <p className="muted">{t('training.moments.none')}</p>}
        <ol className="cards training-moments" aria-labelledby="training-moments">
          {collection.moments.map((moment, at) => (
            <MomentCard
              key={moment.id}
              moment={moment}
              position={at + 1}
              count={ids.length}
              hasEnded={hasEnded}
              onMove={(by) => void move(moment.id, by)}
              onDone={onDone}
            />
          ))}
        </ol>
      </section>
      {!hasEnded && (
        <div className="stack-small">
          <ChangeCollection key={collection.revision} collection={collection} onDone={onDone} />
          <EndCollection collection={collection} />
        </div>
      )}
    </>
  )
}

function BeginSession({ collection }: { collection: Collection }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const begin = $api.useMutation('post', '/api/training/sessions')
  const [name, setName] = useState('')
  const written = name.trim()
  return (
    <ActStep
      kind="primary"
      open={t('training.session.begin')}
      submit={t('training.session.begin.do')}
      act={begin}
      request={() => (written ? { body: { collectionId: collection.id, name: written } } : undefined)}
      onDone={({ id }) => navigate({ to: '/training/sessions/$id', params: { id } })}
    >
      {(isTried) => (
        <Field
          label={t('training.session.name')}
          hint={t('training.session.name.hint')}
          error={isTried && !written ? t('training.name.missing') : undefined}
          value={name}
          onChange={setName}
          maxLength={200}
          autoComplete="off"
        />
      )}
    </ActStep>
  )
}

function ChangeCollection({ collection, onDone }: { collection: Collection; onDone: () => Promise<unknown> }) {
  const { t } = useLanguage()
  const save = $api.useMutation('put', '/api/training/collections/{id}')
  const [typed, setTyped] = useState({ name: collection.name, aim: collection.aim })
  const changed = () => {
    const [name, aim] = [typed.name.trim(), typed.aim.trim()]
    if (name === '') return undefined
    return { params: { path: { id: collection.id } }, body: { revision: collection.revision, name, aim } }
  }
  return (
    <ActStep
      open={t('training.collection.change')}
      submit={t('training.collection.change.do')}
      act={save}
      request={changed}
      onDone={async () => {
        announce(t('training.collection.saved'))
        await queries.invalidateQueries({ queryKey: ['get', '/api/training/collections'] })
        await onDone()
      }}
    >
      {(isTried) => (
        <CollectionFields {...typed} isTried={isTried} onEdit={(edited) => setTyped({ ...typed, ...edited })} />
      )}
    </ActStep>
  )
}

function EndCollection({ collection }: { collection: Collection }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const end = $api.useMutation('delete', '/api/training/collections/{id}')
  const stop = () =>
    finishRequest(end.mutateAsync({ params: { path: { id: collection.id } } }), async () => {
      announce(t('training.collection.ended'))
      await navigate({ to: '/training' })
    })
  return (
    <div className="stack-small">
      {end.error && <Failure error={end.error} />}
      <div className="actions">
        <ConfirmButton
          label={t('training.collection.end')}
          title={t('training.collection.end.sure')}
          onDo={() => void stop()}
        >
          <p>{t('training.collection.end.what')}</p>
        </ConfirmButton>
      </div>
    </div>
  )
}
