// The site's settings for VitePress. SITE_BASE: the folder of a site where it will lie, such as /docs/.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const bars = JSON.parse(readFileSync(path.join(import.meta.dirname, 'sidebar.json'), 'utf8'));
// The pages that both languages share show the list in English.
const sidebar = (bar) => ({ '/': bar });

const chinese = {
  nav: [{ text: '开始', link: '/zh/start' }, { text: '主机', link: '/zh/hosts' }, { text: '设置', link: '/zh/settings' }, { text: '排查问题', link: '/zh/troubleshooting' }],
  sidebar: sidebar(bars.zh),
  outline: { label: '本页内容', level: [2, 3] },
  docFooter: { prev: '上一页', next: '下一页' },
  sidebarMenuLabel: '目录',
  returnToTopLabel: '回到顶部',
  darkModeSwitchLabel: '外观',
  lightModeSwitchTitle: '浅色',
  darkModeSwitchTitle: '深色',
  langMenuLabel: '语言',
  skipToContentLabel: '跳到正文',
  notFound: { title: '没有这一页', quote: '地址可能写错了，或者这一页已经移走。', linkText: '回到首页', linkLabel: '回到首页' },
};
const searchInChinese = {
  button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
  modal: {
    displayDetails: '显示详细内容', resetButtonTitle: '清除', backButtonTitle: '关闭', noResultsText: '没有找到',
    footer: { selectText: '选择', selectKeyAriaLabel: '回车键', navigateText: '移动', navigateUpKeyAriaLabel: '向上键', navigateDownKeyAriaLabel: '向下键', closeText: '关闭', closeKeyAriaLabel: 'Esc' },
  },
};

export default {
  base: process.env.SITE_BASE ?? '/',
  title: 'wechat-cgi',
  lang: 'en',
  lastUpdated: false,
  ignoreDeadLinks: [/^\/files\//], // files that build.mjs has copied
  markdown: {
    languageAlias: { conf: 'ini', caddy: 'nginx', caddyfile: 'nginx', lighttpd: 'ini' },
    // {{…}} in the pages is the kit's, not Vue's.
    config(markdown) {
      const { rules } = markdown.renderer;
      for (const rule of ['text', 'code_inline', 'code_block']) {
        const render = rules[rule];
        rules[rule] = (...parts) => render(...parts).replaceAll('{{', '&#123;&#123;');
      }
    },
  },
  locales: {
    en: { label: 'English', lang: 'en', description: 'WeChat sign-in for an ordinary shared host', link: '/en/' },
    zh: { label: '简体中文', lang: 'zh-CN', description: '普通虚拟主机上的微信登录', link: '/zh/', themeConfig: chinese },
  },
  themeConfig: {
    nav: [{ text: 'Start', link: '/en/start' }, { text: 'Hosts', link: '/en/hosts' }, { text: 'Settings', link: '/en/settings' }, { text: 'Troubleshooting', link: '/en/troubleshooting' }],
    sidebar: sidebar(bars.en),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        // Chinese is written without blanks: what is between them is cut into words.
        miniSearch: {
          options: {
            tokenize: (text) => [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)].filter((word) => word.isWordLike).map((word) => word.segment.toLowerCase()),
          },
        },
        locales: { zh: { translations: searchInChinese } },
      },
    },
  },
};
