import purgecss from '@fullhuman/postcss-purgecss';
import vue from '@vitejs/plugin-vue';

// What is built keeps of WeUI's style sheet what the app uses.
const purge = () => purgecss({ content: ['index.html', 'src/*.vue'], variables: true, keyframes: true, fontFace: true });

export default ({ command }) => ({
  base: './', // may stand in any folder of the site
  plugins: [vue()],
  css: { postcss: { plugins: command === 'build' ? [purge()] : [] } },
  server: { fs: { allow: ['..'] } }, // ../style.css
});
