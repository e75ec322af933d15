declare module 'virtual:suomifi-tokens.css'
declare module '@fontsource-variable/source-sans-3/wght.css'
