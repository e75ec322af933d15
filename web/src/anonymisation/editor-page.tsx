import { Link, useParams } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { purposesOf } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { CopyState } from './copy-state.tsx'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { disclosureCrumbs } from './crumbs.ts'
import { Result } from './result.tsx'
import { useCopy, useCopyId } from './use-copy.ts'
import { Workbench } from './workbench.tsx'

/** Redaction editor of one item of a research disclosure, from its original to its anonymised copy. */
export function EditorPage() {
  const { t } = useLanguage()
  const { id, item } = useParams({ from: '/disclosures/research/$id/items/$item' })
  const presence = usePresence()
  const disclosure = $api.useQuery('get', '/api/research-disclosures/{id}', { params: { path: { id } } })
  const copyId = useCopyId(id, Number(item))
  const { data: copy, error: copyError, refetch } = useCopy(copyId.data)
  const error: unknown = copyId.error ?? copyError ?? disclosure.error
  const number = disclosure.data?.number
  const me = presence.state === 'signed-in' ? presence.me : undefined
  const needsReference =
    me !== undefined &&
    purposesOf(me).some(({ purpose, referenceNeeded }) => purpose === 'SERVICE_LEVEL_STUDY' && referenceNeeded)

  return (
    <Page
      title={number === undefined ? t('anonymisation.title') : t('anonymisation.title.of', { number, item })}
      lead={t('anonymisation.lead')}
      crumbs={disclosureCrumbs(t, id, number)}
      {...(copy && { aside: <CopyState state={copy.state} /> })}
      className="page-draft page-anonymisation"
    >
      {error !== null && error !== undefined && (
        <Failure
          error={error}
          onAgain={() => {
            if (copyId.error) void copyId.refetch()
            else if (copyError) void refetch()
            else void disclosure.refetch()
          }}
        />
      )}
      {!copy && !error && <Waiting lines={8} />}
      {copy && me && (
        <>
          {copy.may.edit ? (
            <Workbench
              key={copy.id}
              copy={copy}
              personId={me.personId}
              under={{
                purpose: 'SERVICE_LEVEL_STUDY',
                ...(needsReference && number !== undefined && { reference: number }),
              }}
              readAgain={async () => (await refetch()).data}
            />
          ) : (
            <ReadOnlyCopy copy={copy} itemParams={{ id, item }} onPlayed={() => void refetch()} />
          )}
        </>
      )}
    </Page>
  )
}

/** Shows a copy that the viewer may not change: approved, or prepared by another person. */
function ReadOnlyCopy({
  copy,
  itemParams,
  onPlayed,
}: {
  copy: AnonymisedCopy
  itemParams: { id: string; item: string }
  onPlayed: () => void
}) {
  const { t, language } = useLanguage()
  const { state, check, preparedBy, may } = copy
  return (
    <>
      <Notice kind={state === 'APPROVED' ? 'success' : 'info'}>
        <p>
          {t(state === 'APPROVED' ? 'anonymisation.next.APPROVED' : 'anonymisation.others', {
            name: preparedBy.name,
          })}
        </p>
        {check && (
          <p>{t('anonymisation.checkedBy', { name: check.by.name, time: formatInstant(check.at, language) })}</p>
        )}
        {may.check && (
          <p>
            <Link to="/disclosures/research/$id/items/$item/check" params={itemParams}>
              {t('anonymisation.check')}
            </Link>
          </p>
        )}
      </Notice>
      {may.hear && !may.check && <Result copy={copy} onPlayed={onPlayed} />}
    </>
  )
}
