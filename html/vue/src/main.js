import './useWechat.js'; // first: takes the ticket out of the address before a router reads it there
import 'weui/dist/style/weui.min.css';
import '../../style.css';
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
