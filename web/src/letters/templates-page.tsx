import { useNavigate, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import type { LetterKind } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { languageNames, languages, type Language } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { letterKinds, readTemplateChoice } from './letter-shapes.ts'
import { TemplateEditor } from './template-editor.tsx'

/** Letter templates in three languages: the Service Unit reads them, authorised persons change them. */
export function TemplatesPage() {
  const { t, language: own } = useLanguage()
  const { kind = 'answer', language = own } = useSearch({
    from: '/letter-templates',
    select: readTemplateChoice,
    structuralSharing: true,
  })
  const navigate = useNavigate()
  const query = $api.useQuery('get', '/api/letter-templates', undefined, { staleTime: 0 })
  const { data, refetch } = query
  const navigateTo = (search: { kind: LetterKind; language: Language }) =>
    void navigate({ to: '/letter-templates', search, replace: true })
  const template = data?.items.find((one) => one.kind === kind && one.language === language)
  const kinds = letterKinds.filter((one) => data?.items.some((item) => item.kind === one) ?? one === kind)
  return (
    <Page title={t('letters.templates.title')} lead={t('letters.templates.lead')}>
      <div className="step-times">
        <Choice
          label={t('letters.kind')}
          options={kinds.map((value) => ({ value, label: t(`letters.kind.${value}`) }))}
          value={kind}
          onChange={(value) => navigateTo({ kind: value as LetterKind, language })}
        />
        <Choice
          label={t('letters.templates.language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={language}
          onChange={(value) => navigateTo({ kind, language: value as Language })}
        />
      </div>
      <Loaded query={query} lines={8} />
      {data && template && (
        <TemplateEditor
          key={`${kind} ${language} ${template.version}`}
          template={template}
          mayChange={data.mayChange}
          onChanged={() => void refetch().then(() => focusHeading('template-changed'))}
        />
      )}
    </Page>
  )
}
