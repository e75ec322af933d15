import type { Ref } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { $api } from '../../api/client.ts'
import type { Draft, Problem } from '../../api/shapes.ts'
import { Failure } from '../../controls/failure.tsx'
import { Notice } from '../../controls/notice.tsx'
import { Waiting } from '../../controls/waiting.tsx'
import { useLanguage } from '../../language/use-words.ts'
import type { FormState } from '../form/form-state.tsx'
import { DraftForm } from './draft-form.tsx'
import { TextDiff } from './text-diff.tsx'
import { TextEditor, type EditorHandle } from './text-editor.tsx'

const views = ['form', 'text', 'diff'] as const
export type View = (typeof views)[number]

/** The description as fields, as text, and as a diff. */
export function Views({
  view,
  onView,
  draft,
  form,
  text,
  problems,
  onText,
  handle,
}: {
  view: View
  onView: (view: View) => void
  draft: Draft
  form: FormState
  text: string
  problems: Problem[]
  onText: (text: string) => void
  handle: Ref<EditorHandle>
}) {
  const { t } = useLanguage()
  return (
    <Tabs
      className="views"
      selectedKey={view}
      onSelectionChange={(key) => onView(key as View)}
      keyboardActivation="manual"
    >
      <TabList className="tabs" aria-label={t('description.draft.views')}>
        {views.map((one) => (
          <Tab key={one} id={one} className="tab">
            {t(`description.draft.view.${one}`)}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="form" className="tab-panel">
        {draft.document === undefined ? (
          <Notice kind="warning">{t('description.draft.form.unreadable')}</Notice>
        ) : (
          <DraftForm state={form} />
        )}
      </TabPanel>
      <TabPanel id="text" className="tab-panel">
        <TextEditor text={text} problems={problems} onChange={onText} ref={handle} />
      </TabPanel>
      <TabPanel id="diff" className="tab-panel">
        <DiffToBase draft={draft} />
      </TabPanel>
    </Tabs>
  )
}

/** Diff of the saved text to its base version. */
export function DiffToBase({ draft }: { draft: Draft }) {
  const { t } = useLanguage()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/api/description/versions/{version}',
    { params: { path: { version: draft.basedOn } } },
    { staleTime: Infinity },
  )
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  if (!data) return <Waiting lines={6} />
  return (
    <TextDiff before={data.text} after={draft.text} label={t('description.draft.diff', { version: draft.basedOn })} />
  )
}
