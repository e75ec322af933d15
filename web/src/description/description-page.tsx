import { useNavigate } from '@tanstack/react-router'
import { FilePlus2 } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { BrokenPromises } from './broken-promises.tsx'
import { DraftList } from './draft-list.tsx'
import { beginDraft } from './use-draft.ts'
import { InForce, VersionList } from './version-list.tsx'

/** The version in force and its promises, the drafts of the next one, and all versions. */
export function DescriptionPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const [isBeginning, setBeginning] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const versions = $api.useQuery('get', '/api/description/versions', undefined, { staleTime: 0 })
  const drafts = $api.useQuery('get', '/api/description/drafts', undefined, { staleTime: 0 })

  const begin = async () => {
    setBeginning(true)
    setFailed(undefined)
    const answer = await beginDraft()
    setBeginning(false)
    if ('error' in answer) return setFailed(answer.error)
    await navigate({ to: '/description/drafts/$id', params: { id: answer.draft.id } })
  }

  return (
    <Page
      title={t('shell.nav.versions')}
      lead={t('description.versions.lead')}
      aside={
        drafts.data?.mayDraft && (
          <Button kind="primary" isBusy={isBeginning} onPress={() => void begin()}>
            <FilePlus2 aria-hidden="true" size={18} />
            {t('description.drafts.begin')}
          </Button>
        )
      }
    >
      {failed !== undefined && <Failure error={failed} onAgain={() => void begin()} />}
      <BrokenPromises />
      {versions.data && <InForce versions={versions.data.items} />}
      <section aria-labelledby="drafts" className="stack-small">
        <h2 id="drafts">{t('description.drafts.title')}</h2>
        {drafts.isPending && <Waiting lines={2} />}
        {drafts.isError && <Failure error={drafts.error} onAgain={() => void drafts.refetch()} />}
        {drafts.data && <DraftList drafts={drafts.data.items} />}
      </section>
      <section aria-labelledby="versions" className="stack-small">
        <h2 id="versions">{t('description.versions.all')}</h2>
        {versions.isPending && <Waiting lines={4} />}
        {versions.isError && <Failure error={versions.error} onAgain={() => void versions.refetch()} />}
        {versions.data && <VersionList versions={versions.data.items} />}
      </section>
    </Page>
  )
}
