/**
 * Web interface of Seloste. Depends only on the HTTP contract (api/paths.ts). The server decides what somebody may see or
 * listen to.
 */
import '@fontsource-variable/source-sans-3/wght.css'
import 'virtual:suomifi-tokens.css'
import './styles/all.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api/client.ts'
import { startLanguages } from './language/language.ts'
import { LanguageProvider } from './language/provider.tsx'
import { router } from './routes.tsx'

await startLanguages()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <RouterProvider router={router} />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
)
