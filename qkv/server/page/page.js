"use strict";(()=>{var En=Object.defineProperty;var Cn=Object.getOwnPropertyDescriptor;var d=(t,r,e,s)=>{for(var n=s>1?void 0:s?Cn(r,e):r,i=t.length-1,o;i>=0;i--)(o=t[i])&&(n=(s?o(r,e,n):o(n))||n);return s&&n&&En(r,e,n),n};var ct=globalThis,dt=ct.ShadowRoot&&(ct.ShadyCSS===void 0||ct.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Lt=Symbol(),Ar=new WeakMap,Ve=class{constructor(r,e,s){if(this._$cssResult$=!0,s!==Lt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=r,this.t=e}get styleSheet(){let r=this.o,e=this.t;if(dt&&r===void 0){let s=e!==void 0&&e.length===1;s&&(r=Ar.get(e)),r===void 0&&((this.o=r=new CSSStyleSheet).replaceSync(this.cssText),s&&Ar.set(e,r))}return r}toString(){return this.cssText}},Er=t=>new Ve(typeof t=="string"?t:t+"",void 0,Lt),y=(t,...r)=>{let e=t.length===1?t[0]:r.reduce((s,n,i)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+t[i+1],t[0]);return new Ve(e,t,Lt)},Cr=(t,r)=>{if(dt)t.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of r){let s=document.createElement("style"),n=ct.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=e.cssText,t.appendChild(s)}},Ht=dt?t=>t:t=>t instanceof CSSStyleSheet?(r=>{let e="";for(let s of r.cssRules)e+=s.cssText;return Er(e)})(t):t;var{is:Pn,defineProperty:Mn,getOwnPropertyDescriptor:qn,getOwnPropertyNames:Tn,getOwnPropertySymbols:_n,getPrototypeOf:Rn}=Object,pt=globalThis,Pr=pt.trustedTypes,On=Pr?Pr.emptyScript:"",Ln=pt.reactiveElementPolyfillSupport,je=(t,r)=>t,Ke={toAttribute(t,r){switch(r){case Boolean:t=t?On:null;break;case Object:case Array:t=t==null?t:JSON.stringify(t)}return t},fromAttribute(t,r){let e=t;switch(r){case Boolean:e=t!==null;break;case Number:e=t===null?null:Number(t);break;case Object:case Array:try{e=JSON.parse(t)}catch{e=null}}return e}},ut=(t,r)=>!Pn(t,r),Mr={attribute:!0,type:String,converter:Ke,reflect:!1,useDefault:!1,hasChanged:ut};Symbol.metadata??=Symbol("metadata"),pt.litPropertyMetadata??=new WeakMap;var Z=class extends HTMLElement{static addInitializer(r){this._$Ei(),(this.l??=[]).push(r)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(r,e=Mr){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(r)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(r,e),!e.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(r,s,e);n!==void 0&&Mn(this.prototype,r,n)}}static getPropertyDescriptor(r,e,s){let{get:n,set:i}=qn(this.prototype,r)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);i?.call(this,o),this.requestUpdate(r,a,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(r){return this.elementProperties.get(r)??Mr}static _$Ei(){if(this.hasOwnProperty(je("elementProperties")))return;let r=Rn(this);r.finalize(),r.l!==void 0&&(this.l=[...r.l]),this.elementProperties=new Map(r.elementProperties)}static finalize(){if(this.hasOwnProperty(je("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(je("properties"))){let e=this.properties,s=[...Tn(e),..._n(e)];for(let n of s)this.createProperty(n,e[n])}let r=this[Symbol.metadata];if(r!==null){let e=litPropertyMetadata.get(r);if(e!==void 0)for(let[s,n]of e)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let n=this._$Eu(e,s);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(r){let e=[];if(Array.isArray(r)){let s=new Set(r.flat(1/0).reverse());for(let n of s)e.unshift(Ht(n))}else r!==void 0&&e.push(Ht(r));return e}static _$Eu(r,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof r=="string"?r.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(r=>this.enableUpdating=r),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(r=>r(this))}addController(r){(this._$EO??=new Set).add(r),this.renderRoot!==void 0&&this.isConnected&&r.hostConnected?.()}removeController(r){this._$EO?.delete(r)}_$E_(){let r=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(r.set(s,this[s]),delete this[s]);r.size>0&&(this._$Ep=r)}createRenderRoot(){let r=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Cr(r,this.constructor.elementStyles),r}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(r=>r.hostConnected?.())}enableUpdating(r){}disconnectedCallback(){this._$EO?.forEach(r=>r.hostDisconnected?.())}attributeChangedCallback(r,e,s){this._$AK(r,s)}_$ET(r,e){let s=this.constructor.elementProperties.get(r),n=this.constructor._$Eu(r,s);if(n!==void 0&&s.reflect===!0){let i=(s.converter?.toAttribute!==void 0?s.converter:Ke).toAttribute(e,s.type);this._$Em=r,i==null?this.removeAttribute(n):this.setAttribute(n,i),this._$Em=null}}_$AK(r,e){let s=this.constructor,n=s._$Eh.get(r);if(n!==void 0&&this._$Em!==n){let i=s.getPropertyOptions(n),o=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:Ke;this._$Em=n;let a=o.fromAttribute(e,i.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(r,e,s,n=!1,i){if(r!==void 0){let o=this.constructor;if(n===!1&&(i=this[r]),s??=o.getPropertyOptions(r),!((s.hasChanged??ut)(i,e)||s.useDefault&&s.reflect&&i===this._$Ej?.get(r)&&!this.hasAttribute(o._$Eu(r,s))))return;this.C(r,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(r,e,{useDefault:s,reflect:n,wrapped:i},o){s&&!(this._$Ej??=new Map).has(r)&&(this._$Ej.set(r,o??e??this[r]),i!==!0||o!==void 0)||(this._$AL.has(r)||(this.hasUpdated||s||(e=void 0),this._$AL.set(r,e)),n===!0&&this._$Em!==r&&(this._$Eq??=new Set).add(r))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let r=this.scheduleUpdate();return r!=null&&await r,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,i]of this._$Ep)this[n]=i;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,i]of s){let{wrapped:o}=i,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,i,a)}}let r=!1,e=this._$AL;try{r=this.shouldUpdate(e),r?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw r=!1,this._$EM(),s}r&&this._$AE(e)}willUpdate(r){}_$AE(r){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(r)),this.updated(r)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(r){return!0}update(r){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(r){}firstUpdated(r){}};Z.elementStyles=[],Z.shadowRootOptions={mode:"open"},Z[je("elementProperties")]=new Map,Z[je("finalized")]=new Map,Ln?.({ReactiveElement:Z}),(pt.reactiveElementVersions??=[]).push("2.1.2");var Bt=globalThis,qr=t=>t,mt=Bt.trustedTypes,Tr=mt?mt.createPolicy("lit-html",{createHTML:t=>t}):void 0,Nr="$lit$",oe=`lit$${Math.random().toFixed(9).slice(2)}$`,Wr="?"+oe,Hn=`<${Wr}>`,ge=document,Je=()=>ge.createComment(""),Ye=t=>t===null||typeof t!="object"&&typeof t!="function",Gt=Array.isArray,Nn=t=>Gt(t)||typeof t?.[Symbol.iterator]=="function",Nt=`[ 	
\f\r]`,Qe=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,_r=/-->/g,Rr=/>/g,me=RegExp(`>|${Nt}(?:([^\\s"'>=/]+)(${Nt}*=${Nt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Or=/'/g,Lr=/"/g,Ir=/^(?:script|style|textarea|title)$/i,zt=t=>(r,...e)=>({_$litType$:t,strings:r,values:e}),c=zt(1),et=zt(2),_o=zt(3),ve=Symbol.for("lit-noChange"),f=Symbol.for("lit-nothing"),Hr=new WeakMap,fe=ge.createTreeWalker(ge,129);function Fr(t,r){if(!Gt(t)||!t.hasOwnProperty("raw"))throw Error("invalid template strings array");return Tr!==void 0?Tr.createHTML(r):r}var Wn=(t,r)=>{let e=t.length-1,s=[],n,i=r===2?"<svg>":r===3?"<math>":"",o=Qe;for(let a=0;a<e;a++){let l=t[a],h,p,u=-1,g=0;for(;g<l.length&&(o.lastIndex=g,p=o.exec(l),p!==null);)g=o.lastIndex,o===Qe?p[1]==="!--"?o=_r:p[1]!==void 0?o=Rr:p[2]!==void 0?(Ir.test(p[2])&&(n=RegExp("</"+p[2],"g")),o=me):p[3]!==void 0&&(o=me):o===me?p[0]===">"?(o=n??Qe,u=-1):p[1]===void 0?u=-2:(u=o.lastIndex-p[2].length,h=p[1],o=p[3]===void 0?me:p[3]==='"'?Lr:Or):o===Lr||o===Or?o=me:o===_r||o===Rr?o=Qe:(o=me,n=void 0);let v=o===me&&t[a+1].startsWith("/>")?" ":"";i+=o===Qe?l+Hn:u>=0?(s.push(h),l.slice(0,u)+Nr+l.slice(u)+oe+v):l+oe+(u===-2?a:v)}return[Fr(t,i+(t[e]||"<?>")+(r===2?"</svg>":r===3?"</math>":"")),s]},Ze=class t{constructor({strings:r,_$litType$:e},s){let n;this.parts=[];let i=0,o=0,a=r.length-1,l=this.parts,[h,p]=Wn(r,e);if(this.el=t.createElement(h,s),fe.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=fe.nextNode())!==null&&l.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(Nr)){let g=p[o++],v=n.getAttribute(u).split(oe),b=/([.?@])?(.*)/.exec(g);l.push({type:1,index:i,name:b[2],strings:v,ctor:b[1]==="."?It:b[1]==="?"?Ft:b[1]==="@"?Dt:Me}),n.removeAttribute(u)}else u.startsWith(oe)&&(l.push({type:6,index:i}),n.removeAttribute(u));if(Ir.test(n.tagName)){let u=n.textContent.split(oe),g=u.length-1;if(g>0){n.textContent=mt?mt.emptyScript:"";for(let v=0;v<g;v++)n.append(u[v],Je()),fe.nextNode(),l.push({type:2,index:++i});n.append(u[g],Je())}}}else if(n.nodeType===8)if(n.data===Wr)l.push({type:2,index:i});else{let u=-1;for(;(u=n.data.indexOf(oe,u+1))!==-1;)l.push({type:7,index:i}),u+=oe.length-1}i++}}static createElement(r,e){let s=ge.createElement("template");return s.innerHTML=r,s}};function Pe(t,r,e=t,s){if(r===ve)return r;let n=s!==void 0?e._$Co?.[s]:e._$Cl,i=Ye(r)?void 0:r._$litDirective$;return n?.constructor!==i&&(n?._$AO?.(!1),i===void 0?n=void 0:(n=new i(t),n._$AT(t,e,s)),s!==void 0?(e._$Co??=[])[s]=n:e._$Cl=n),n!==void 0&&(r=Pe(t,n._$AS(t,r.values),n,s)),r}var Wt=class{constructor(r,e){this._$AV=[],this._$AN=void 0,this._$AD=r,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(r){let{el:{content:e},parts:s}=this._$AD,n=(r?.creationScope??ge).importNode(e,!0);fe.currentNode=n;let i=fe.nextNode(),o=0,a=0,l=s[0];for(;l!==void 0;){if(o===l.index){let h;l.type===2?h=new Xe(i,i.nextSibling,this,r):l.type===1?h=new l.ctor(i,l.name,l.strings,this,r):l.type===6&&(h=new Ut(i,this,r)),this._$AV.push(h),l=s[++a]}o!==l?.index&&(i=fe.nextNode(),o++)}return fe.currentNode=ge,n}p(r){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(r,s,e),e+=s.strings.length-2):s._$AI(r[e])),e++}},Xe=class t{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(r,e,s,n){this.type=2,this._$AH=f,this._$AN=void 0,this._$AA=r,this._$AB=e,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let r=this._$AA.parentNode,e=this._$AM;return e!==void 0&&r?.nodeType===11&&(r=e.parentNode),r}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(r,e=this){r=Pe(this,r,e),Ye(r)?r===f||r==null||r===""?(this._$AH!==f&&this._$AR(),this._$AH=f):r!==this._$AH&&r!==ve&&this._(r):r._$litType$!==void 0?this.$(r):r.nodeType!==void 0?this.T(r):Nn(r)?this.k(r):this._(r)}O(r){return this._$AA.parentNode.insertBefore(r,this._$AB)}T(r){this._$AH!==r&&(this._$AR(),this._$AH=this.O(r))}_(r){this._$AH!==f&&Ye(this._$AH)?this._$AA.nextSibling.data=r:this.T(ge.createTextNode(r)),this._$AH=r}$(r){let{values:e,_$litType$:s}=r,n=typeof s=="number"?this._$AC(r):(s.el===void 0&&(s.el=Ze.createElement(Fr(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(e);else{let i=new Wt(n,this),o=i.u(this.options);i.p(e),this.T(o),this._$AH=i}}_$AC(r){let e=Hr.get(r.strings);return e===void 0&&Hr.set(r.strings,e=new Ze(r)),e}k(r){Gt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,n=0;for(let i of r)n===e.length?e.push(s=new t(this.O(Je()),this.O(Je()),this,this.options)):s=e[n],s._$AI(i),n++;n<e.length&&(this._$AR(s&&s._$AB.nextSibling,n),e.length=n)}_$AR(r=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);r!==this._$AB;){let s=qr(r).nextSibling;qr(r).remove(),r=s}}setConnected(r){this._$AM===void 0&&(this._$Cv=r,this._$AP?.(r))}},Me=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(r,e,s,n,i){this.type=1,this._$AH=f,this._$AN=void 0,this.element=r,this.name=e,this._$AM=n,this.options=i,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=f}_$AI(r,e=this,s,n){let i=this.strings,o=!1;if(i===void 0)r=Pe(this,r,e,0),o=!Ye(r)||r!==this._$AH&&r!==ve,o&&(this._$AH=r);else{let a=r,l,h;for(r=i[0],l=0;l<i.length-1;l++)h=Pe(this,a[s+l],e,l),h===ve&&(h=this._$AH[l]),o||=!Ye(h)||h!==this._$AH[l],h===f?r=f:r!==f&&(r+=(h??"")+i[l+1]),this._$AH[l]=h}o&&!n&&this.j(r)}j(r){r===f?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,r??"")}},It=class extends Me{constructor(){super(...arguments),this.type=3}j(r){this.element[this.name]=r===f?void 0:r}},Ft=class extends Me{constructor(){super(...arguments),this.type=4}j(r){this.element.toggleAttribute(this.name,!!r&&r!==f)}},Dt=class extends Me{constructor(r,e,s,n,i){super(r,e,s,n,i),this.type=5}_$AI(r,e=this){if((r=Pe(this,r,e,0)??f)===ve)return;let s=this._$AH,n=r===f&&s!==f||r.capture!==s.capture||r.once!==s.once||r.passive!==s.passive,i=r!==f&&(s===f||n);n&&this.element.removeEventListener(this.name,this,s),i&&this.element.addEventListener(this.name,this,r),this._$AH=r}handleEvent(r){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,r):this._$AH.handleEvent(r)}},Ut=class{constructor(r,e,s){this.element=r,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(r){Pe(this,r)}};var In=Bt.litHtmlPolyfillSupport;In?.(Ze,Xe),(Bt.litHtmlVersions??=[]).push("3.3.3");var Dr=(t,r,e)=>{let s=e?.renderBefore??r,n=s._$litPart$;if(n===void 0){let i=e?.renderBefore??null;s._$litPart$=n=new Xe(r.insertBefore(Je(),i),i,void 0,e??{})}return n._$AI(t),n};var Vt=globalThis,ae=class extends Z{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let r=super.createRenderRoot();return this.renderOptions.renderBefore??=r.firstChild,r}update(r){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(r),this._$Do=Dr(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return ve}};ae._$litElement$=!0,ae.finalized=!0,Vt.litElementHydrateSupport?.({LitElement:ae});var Fn=Vt.litElementPolyfillSupport;Fn?.({LitElement:ae});(Vt.litElementVersions??=[]).push("4.2.2");var Dn=y`
  :root {
    --paper: #fcfbf8;
    --ink: #1d1c1a;
    --quiet: #67635b;
    --rule: #e2dfd7;
    --bar: #a9a49a;
    --accent: #b23a12;
    --gold: #8a6200;
    --weight: #1f6093;
    --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "Noto Serif",
      "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
      "Source Han Sans SC", "Noto Sans CJK SC", sans-serif;
    color-scheme: light;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem/1.5 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media screen {
    :root[data-theme="dark"] {
      --paper: #161514;
      --ink: #ebe7de;
      --quiet: #a8a297;
      --rule: #36332f;
      --bar: #6b665e;
      --accent: #ff9166;
      --gold: #e0b450;
      --weight: #7db9ea;
      color-scheme: dark;
    }
  }
  body {
    margin: 0;
  }
  /* What the keyboard reaches isn't hidden under the sentence that stays on top. */
  @media screen and (min-width: 45rem) and (min-height: 36rem) {
    :root {
      scroll-padding-top: 10rem;
    }
  }
  @page {
    margin: 15mm;
  }
`,w=y`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font-weight: inherit;
  }
  ol,
  ul {
    list-style: none;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums lining-nums;
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 2px;
    padding: 0.15em 0.2em;
    margin: 0;
    cursor: pointer;
  }
  select {
    border-bottom: 1px solid var(--quiet);
    border-radius: 0;
    max-width: 100%;
    field-sizing: content;
  }
  select option {
    color: #1d1c1a;
    background: #fcfbf8;
  }
  button:disabled,
  select:disabled {
    color: var(--quiet);
    border-bottom-color: transparent;
    cursor: default;
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    .screen {
      display: none !important;
    }
    select {
      appearance: none;
      border: 0;
      padding: 0;
    }
  }
`;function Ur(t){t.adoptedStyleSheets=[...t.adoptedStyleSheets,Dn.styleSheet]}var $=t=>(r,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(t,r)}):customElements.define(t,r)};var Un={attribute:!0,type:String,converter:Ke,reflect:!1,hasChanged:ut},Bn=(t=Un,r,e)=>{let{kind:s,metadata:n}=e,i=globalThis.litPropertyMetadata.get(n);if(i===void 0&&globalThis.litPropertyMetadata.set(n,i=new Map),s==="setter"&&((t=Object.create(t)).wrapped=!0),i.set(e.name,t),s==="accessor"){let{name:o}=e;return{set(a){let l=r.get.call(this);r.set.call(this,a),this.requestUpdate(o,l,t,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,t,a),a}}}if(s==="setter"){let{name:o}=e;return function(a){let l=this[o];r.call(this,a),this.requestUpdate(o,l,t,!0,a)}}throw Error("Unsupported decorator location: "+s)};function m(t){return(r,e)=>typeof e=="object"?Bn(t,r,e):((s,n,i)=>{let o=n.hasOwnProperty(i);return n.constructor.createProperty(i,s),o?Object.getOwnPropertyDescriptor(n,i):void 0})(t,r,e)}function k(t){return m({...t,state:!0,attribute:!1})}var ye=(t,r,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof r!="object"&&Object.defineProperty(t,r,e),e);function j(t,r){return(e,s,n)=>{let i=o=>o.renderRoot?.querySelector(t)??null;if(r){let{get:o,set:a}=typeof s=="object"?e:n??(()=>{let l=Symbol();return{get(){return this[l]},set(h){this[l]=h}}})();return ye(e,s,{get(){let l=o.call(this);return l===void 0&&(l=i(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return ye(e,s,{get(){return i(this)}})}}var Br=(t,r)=>`${t} ${r}${t===1?"":"s"}`,Gr={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",itself:"the same text, for another layer or head",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:t=>`The data of this page can't be read: ${t}`,modelParts:t=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[t.architecture]??t.architecture,t.encoder_layers===null?Br(t.decoder_layers,"layer"):`${t.encoder_layers} + ${t.decoder_layers} layers`,t.heads===null?"":Br(t.heads,"head"),`width ${t.width}`,t.attention===null?"":t.attention==="none"?"no attention":`${t.attention} score`,t.vision===null?"":`sees with ${t.vision}`].filter(Boolean).join(", "),showing:"Showing ",comma:", ",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:t=>`layer ${t}`,head:"Head",headNumber:t=>`head ${t}`,meanOfHeads:t=>`the mean of ${t} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:t=>`Computed by the kernel ${t}.`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:t=>`\u201C${t}\u201D looked at`,lookedAtBy:t=>`\u201C${t}\u201D was looked at by`,cell:(t,r)=>`\u201C${t}\u201D looked at \u201C${r}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(t,r)=>`${t} others ${r}`,entropy:(t,r)=>`Entropy ${t} nats, as spread as ${r} equal weights.`,received:t=>`Received ${t} in all.`,probability:t=>`Probability ${t}.`,exact:t=>`Weights are shown to within ${t}.`,bound:(t,r)=>`Weights are pooled: a number is the largest of ${t} \xD7 ${r} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"looking",lookedAtSide:"looked at",sideRole:(t,r)=>t?`${t}, ${r}`:r,sides:{source:"Source",target:"Target",read:"What the decoder had read",regions:"Regions",queries:"Queries",keys:"Keys",tokens:"Tokens"},mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",gap:" ",mapKeys:"Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and \u2212, 0 for the whole map, Escape to let go.",mapName:(t,r)=>`Heat map of ${t} rows and ${r} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",linksPart:(t,r,e)=>`${t} to ${r} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",headName:(t,r)=>`${t}, ${r}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureWordsExplained:"Where each word of the caption looked.",pictureName:t=>`Where \u201C${t}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",confidenceHeading:"Where the model was least sure",confidenceExplained:"Probability of each word given those before it, the lowest first.",goldLegend:"Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model\u2019s own.",aer:t=>`Alignment error rate ${t}.`,notesHeading:"Where weight collects",notesExplained:"Heads that rest on a few places whatever the word. Such weight says little about meaning.",headIn:(t,r,e)=>`${t}, ${r}, ${e}`,sink:(t,r)=>`${t} of its weight on ${r}`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},computing:"Reading \u2026"};var Gn=new Map([["dot","\u70B9\u79EF"],["general","\u53CC\u7EBF\u6027"],["additive","\u52A0\u6027"]]),jt=t=>Gn.get(t)??`${t} `,zr={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",itself:"\u540C\u4E00\u6587\u672C\uFF0C\u7528\u4E8E\u5BF9\u6BD4\u5176\u4ED6\u5C42\u6216\u5934",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:t=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${t}`,modelParts:t=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[t.architecture]??t.architecture,t.encoder_layers===null?`${t.decoder_layers} \u5C42`:`\u7F16\u7801\u5668 ${t.encoder_layers} \u5C42\u3001\u89E3\u7801\u5668 ${t.decoder_layers} \u5C42`,t.heads===null?"":`${t.heads} \u4E2A\u5934`,`\u5BBD\u5EA6 ${t.width}`,t.attention===null?"":t.attention==="none"?"\u65E0\u6CE8\u610F\u529B":`${jt(t.attention)}\u6CE8\u610F\u529B`,t.vision===null?"":`\u56FE\u50CF\u7F16\u7801\u5668 ${t.vision}`].filter(Boolean).join("\uFF0C"),showing:"\u5F53\u524D\u663E\u793A",comma:"\uFF0C",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:t=>`\u7B2C ${t} \u5C42`,head:"\u5934",headNumber:t=>`\u7B2C ${t} \u4E2A\u5934`,meanOfHeads:t=>`${t} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309\u8BCD\u5143",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:t=>`\u7531\u5185\u6838 ${t} \u8BA1\u7B97\u3002`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:t=>`\u201C${t}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:t=>`\u5173\u6CE8\u201C${t}\u201D\u7684\u6709`,cell:(t,r)=>`\u201C${t}\u201D\u5BF9\u201C${r}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(t,r)=>`\u5176\u4F59 ${t} \u4E2A\u5408\u8BA1 ${r}`,entropy:(t,r)=>`\u71B5 ${t} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E\u628A\u6743\u91CD\u5E73\u5747\u5206\u7ED9 ${r} \u4E2A\u4F4D\u7F6E\u3002`,received:t=>`\u5F97\u5230\u7684\u6743\u91CD\u5408\u8BA1 ${t}\u3002`,probability:t=>`\u6982\u7387 ${t}\u3002`,exact:t=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${t}\u3002`,bound:(t,r)=>`\u6743\u91CD\u5DF2\u505A\u6700\u5927\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${t} \xD7 ${r} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u9010\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u7ED9\u5B83\u7684\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u663E\u793A\u4E24\u6B21\uFF1A\u4E0A\u65B9\u662F\u88AB\u5173\u6CE8\u7684\u4E00\u4FA7\uFF0C\u4E0B\u65B9\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u4E00\u4FA7\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",sideRole:(t,r)=>t?`${t}\uFF08${r}\uFF09`:r,sides:{source:"\u539F\u6587",target:"\u8BD1\u6587",read:"\u89E3\u7801\u5668\u5DF2\u8BFB\u5165",regions:"\u533A\u57DF",queries:"\u67E5\u8BE2",keys:"\u952E",tokens:"\u8BCD\u5143\u5E8F\u5217"},mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u5F97\u5230\u7684\u6743\u91CD\u5408\u8BA1\u3002",gap:"",mapKeys:"\u70B9\u51FB\u53EF\u9501\u5B9A\u4E00\u683C\u3002\u53CC\u6307\u6216\u6309\u4F4F Ctrl \u6EDA\u52A8\u53EF\u7F29\u653E\uFF0C\u62D6\u52A8\u53EF\u5E73\u79FB\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C+ \u548C \u2212 \u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0CEsc \u89E3\u9664\u9501\u5B9A\u3002",mapName:(t,r)=>`${t} \u884C ${r} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u5408\u8BA1",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u7C97\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u592A\u5C0F\u7684\u6743\u91CD\u4E0D\u753B\u3002",linksPart:(t,r,e)=>`\u7B2C ${t} \u81F3 ${r} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",headName:(t,r)=>`${t}\uFF0C${r}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureWordsExplained:"\u63CF\u8FF0\u4E2D\u7684\u6BCF\u4E2A\u8BCD\u5206\u522B\u5173\u6CE8\u4E86\u54EA\u91CC\u3002",pictureName:t=>`\u201C${t}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u5F97\u5230\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002\u5E26\u4E0B\u5212\u7EBF\u7684\u662F\u4E0E\u6700\u4F73\u5019\u9009\u4E0D\u540C\u7684\u90E8\u5206\u3002",confidenceHeading:"\u6A21\u578B\u6700\u6CA1\u628A\u63E1\u7684\u5730\u65B9",confidenceExplained:"\u6BCF\u4E2A\u8BCD\u5728\u5176\u524D\u6587\u6761\u4EF6\u4E0B\u7684\u6982\u7387\uFF0C\u4ECE\u4F4E\u5230\u9AD8\u6392\u5217\u3002",goldLegend:"\u65B9\u6846\u662F\u4EBA\u5DE5\u6807\u6CE8\u7684\u5BF9\u9F50\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\u3001\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\uFF1B\u5706\u70B9\u662F\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:t=>`\u5BF9\u9F50\u9519\u8BEF\u7387\uFF08AER\uFF09${t}\u3002`,notesHeading:"\u6743\u91CD\u96C6\u4E2D\u7684\u4F4D\u7F6E",notesExplained:"\u8FD9\u4E9B\u5934\u65E0\u8BBA\u5904\u7406\u54EA\u4E2A\u8BCD\uFF0C\u6743\u91CD\u90FD\u96C6\u4E2D\u5728\u5C11\u6570\u4F4D\u7F6E\u4E0A\uFF0C\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002",headIn:(t,r,e)=>`${t}\uFF0C${r}\uFF0C${e}`,sink:(t,r)=>`${t} \u7684\u6743\u91CD\u843D\u5728${r}\u4E0A`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A\u8BCD\u5143",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var qe={en:Gr,zh:zr};function Vr(t){try{return localStorage.getItem(`qkv.${t}`)}catch{return null}}function jr(t,r){try{localStorage.setItem(`qkv.${t}`,r)}catch{return}}function zn(){return navigator.languages.map(r=>r.slice(0,2).toLowerCase()).find(r=>r in qe)??"en"}var Kt=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=Vr("theme");this.chosenLanguage=Vr("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in qe?e:zn()}get text(){return qe[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,s){e!==this.language&&(this.chosenLanguage=e,jr("language",e)),s!==this.screenTheme&&(this.chosenTheme=s,jr("theme",s)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},A=new Kt;var x=class extends ae{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return A.text}connectedCallback(){super.connectedCallback(),A.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){A.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,s){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:s}))}};var tt=class extends x{render(){let{language:r,screenTheme:e}=A,s=Object.keys(qe);return c`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${s.map(n=>Kr(qe[n].language,n===r,()=>A.choose(n,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(n=>Kr(this.text[n],n===e,()=>A.choose(r,n)))}
      </div>
    `}};tt.styles=[w,y`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `],tt=d([$("qkv-preferences-switch")],tt);var Kr=(t,r,e)=>c`<button type="button" aria-pressed=${r} @click=${e}>${t}</button>`;function Qr(t,r){let{map:e,unit:s,querySide:n,keySide:i}=r;if(!t||e.kind!=="cross")return[];let o=(h,p)=>s==="words"?[p,p+1]:h[p],a=h=>([p,u])=>({kind:h,rows:o(n.words,u),columns:o(i.words,p)}),l=new Set(t.sure.map(String));return[...t.possible.filter(h=>!l.has(String(h))).map(a("possible")),...t.sure.map(a("sure")),...t.links.map(a("link"))].filter(({rows:h,columns:p})=>h&&p)}function rt(t){return t===0?"0":t<.001?Qt(t,2):t.toFixed(3)}function Jr(t,r){if(t===0)return"0";let e=r?Math.max(2,Math.ceil(Math.log10(t/r))):2;return Qt(t,Math.min(6,e))}function Yr(t){return Qt(t,1)}function H(t){return t>0&&t<5e-4?"< 0.1%":`${t>0&&t<.00995?(t*100).toFixed(1):Math.round(t*100)}%`}function Qt(t,r){return t>=1e-6?Number(t.toPrecision(r)).toFixed(Vn(t,r)):t.toExponential(r-1)}var Vn=(t,r)=>Math.max(0,r-1-Math.floor(Math.log10(t)));function Te(t,r,e){let s=128<<r;return[t*s,Math.min(e,(t+1)*s)]}var st=(t,r)=>Math.ceil(t/2**r);var jn=256,X=class{constructor(r,e,s){this.shape=r;this.blocks=e;this.precision=s;let[n,i]=r,o=r.map(a=>Math.max(1,Math.ceil(a/jn)));this.overview={...Zr(e,[0,n],[0,i],o),by:o},this.entropy=new Float32Array(n),this.received=new Float32Array(i),Jt(e,(a,l,h)=>{h>0&&(this.entropy[a]-=h*Math.log(h)),this.received[l]+=h})}async tile({level:r,tile:e}){let s=Te(e[0],r[0],this.shape[0]),n=Te(e[1],r[1],this.shape[1]);return Zr(this.blocks,s,n,[2**r[0],2**r[1]])}row(r){let e=new Float32Array(this.shape[1]);for(let s of this.blocks){let n=r-s.row;if(!(n<0||n>=s.rows))for(let i=0;i<s.columns;i++)e[s.column+i]+=s.values[n*s.columns+i]}return e}column(r){let e=new Float32Array(this.shape[0]);for(let s of this.blocks){let n=r-s.column;if(!(n<0||n>=s.columns))for(let i=0;i<s.rows;i++)e[s.row+i]+=s.values[i*s.columns+n]}return e}cell(r,e){return this.row(r)[e]}};function Jt(t,r){for(let{row:e,column:s,rows:n,columns:i,values:o}of t)for(let a=0;a<n;a++)for(let l=0;l<i;l++)r(e+a,s+l,o[a*i+l])}var Kn=2**20;function _e(t){let[r,e]=t.shape;return ft(t)||t.encoding==="scores"&&r*e<=Kn}function ft(t){return t.encoding==="dense"||t.encoding==="blocks"}function Zr(t,[r,e],[s,n],i){let o=Math.ceil((e-r)/i[0]),a=Math.ceil((n-s)/i[1]),l=new Float32Array(o*a);for(let h of t){let p=Math.min(e,h.row+h.rows),u=Math.min(n,h.column+h.columns);for(let g=Math.max(r,h.row);g<p;g++){let v=Math.floor((g-r)/i[0])*a,b=(g-h.row)*h.columns-h.column;for(let C=Math.max(s,h.column);C<u;C++){let M=v+Math.floor((C-s)/i[1]);l[M]=Math.max(l[M],h.values[b+C])}}}return{rows:o,columns:a,values:l}}var E={row:null,column:null};function Qn(t){let[r,e]=t.panes,s={view:r.view,map:r.map,layer:r.layer,head:r.head??"mean",row:t.row,column:t.column,mode:t.unit,scale:t.scale,beside:e&&[e.view,e.map,e.layer,e.head??"mean"].join(".")};return Object.entries(s).filter(([,i])=>i!=null).map(([i,o])=>`${i}=${o}`).join("&")}function es(t){let r=new URLSearchParams(Qn({...t,panes:[t.panes[0]]}));return r.delete("view"),[...r]}function Yt(t,r){let e=new URLSearchParams(t.replace(/^#/,"")),s=Xr(["view","map","layer","head"].map(o=>e.get(o)),r),n=e.get("beside")?.split("."),i=e.get("scale");return{panes:n?[s,Xr(n,r)]:[s],unit:e.get("mode")==="tokens"?"tokens":"words",scale:i==="linear"||i==="log"?i:null,row:Re(e.get("row"),1/0),column:Re(e.get("column"),1/0)}}function Oe(t,{maps:r},e=0){let s=r[e]?.layers??[],n=s.at(-1)?.heads??[],i=n.length>1&&n.every(_e);return{view:t,map:e,layer:Math.max(0,s.length-1),head:i?null:0}}function Xr([t,r,e,s],n){let i=Re(t,n.length)??0,{maps:o}=n[i],a=Oe(i,n[i],Re(r,o.length)??0),l=o[a.map]?.layers??[];a.layer=Re(e,l.length)??a.layer;let h=Re(s,l[a.layer]?.heads.length??0);return{...a,head:h??a.head}}function Re(t,r){return t&&/^\d{1,9}$/.test(t)&&Number(t)<r?Number(t):null}function rs(t,r,e){if(!(t instanceof X))return t;let s=[r.length,e.length],[n,i]=[ts(r),ts(e)],o=t.blocks.map(l=>{let h=Jn(l,n,i);return Jt([l],(p,u,g)=>{let[v,b]=[n[p],i[u]],[C,M]=r[v];h.values[(v-h.row)*h.columns+b-h.column]+=g/(M-C)}),h}),a=e.reduce((l,[h,p])=>Math.max(l,p-h),1);return new X(s,o,t.precision*a)}function ts(t){let r=new Int32Array(t.at(-1)?.[1]??0);return t.forEach(([e,s],n)=>void r.fill(n,e,s)),r}function Jn(t,r,e){let[s,n]=[r[t.row],e[t.column]],i=r[t.row+t.rows-1]+1-s,o=e[t.column+t.columns-1]+1-n;return{row:s,column:n,rows:i,columns:o,values:new Float32Array(i*o)}}function ss(t){let r=t[0].blocks.map((e,s)=>{let n=new Float32Array(e.values.length);for(let i of t){let o=i.blocks[s].values;for(let a=0;a<n.length;a++)n[a]+=o[a]/t.length}return{...e,values:n}});return new X(t[0].shape,r,t[0].precision)}var ns=`"use strict";(()=>{function h(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var f=(e,r)=>Math.ceil(e/2**r);function g(e,r,t){let{width:n,query:a,key:s}=e,[l,m]=[r*n,t*n],u=0;for(let o=0;o<n;o++)u+=a[l+o]*s[m+o];return u}function F({band:[e,r],shape:t},n){return[e===null?0:Math.max(0,n+e),r===null?t[1]:Math.max(0,Math.min(t[1],n+r+1))]}function w(e,{level:r,tile:t}){let[n,a]=h(t[0],r[0],e.shape[0]),[s,l]=h(t[1],r[1],e.shape[1]),m=Math.min(128,f(a-n,r[0])),u=Math.min(128,f(l-s,r[1])),o=new Float32Array(m*u);for(let c=n;c<a;c++){let y=o.subarray((c-n>>r[0])*u);M(e,c,[s,l],r[1],y)}return{rows:m,columns:u,values:o}}function M(e,r,[t,n],a,s){let{hidden:l,keyScale:m,logsumexp:u,queryScale:o}=e,[c,y]=F(e,r);for(let i=0;i<s.length&&t+(i<<a)<n;i++){let d=t+(i<<a),b=-1/0,v=Math.min(n,y,d+(1<<a));for(let p=Math.max(d,c);p<v;p++)l[p]||(b=Math.max(b,g(e,r,p)*m[p]));let A=Math.exp(b*o[r]-u[r]);s[i]=Math.max(s[i],Math.min(1,A))}}var S=new Map;self.onmessage=({data:e})=>{e.scores&&S.set(e.key,e.scores);let r=w(S.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function is(t,r,e){let{width:s,query:n,key:i}=t,[o,a]=[r*s,e*s],l=0;for(let h=0;h<s;h++)l+=n[o+h]*i[a+h];return l}function os({band:[t,r],shape:e},s){return[t===null?0:Math.max(0,s+t),r===null?e[1]:Math.max(0,Math.min(e[1],s+r+1))]}function Zn(t,r,e){let[s,n]=os(t,r);if(t.hidden[e]||e<s||e>=n)return 0;let i=is(t,r,e)*t.queryScale[r]*t.keyScale[e];return Math.min(1,Math.exp(i-t.logsumexp[r]))}function as(t,{level:r,tile:e}){let[s,n]=Te(e[0],r[0],t.shape[0]),[i,o]=Te(e[1],r[1],t.shape[1]),a=Math.min(128,st(n-s,r[0])),l=Math.min(128,st(o-i,r[1])),h=new Float32Array(a*l);for(let p=s;p<n;p++){let u=h.subarray((p-s>>r[0])*l);ls(t,p,[i,o],r[1],u)}return{rows:a,columns:l,values:h}}function ls(t,r,[e,s],n,i){let{hidden:o,keyScale:a,logsumexp:l,queryScale:h}=t,[p,u]=os(t,r);for(let g=0;g<i.length&&e+(g<<n)<s;g++){let v=e+(g<<n),b=-1/0,C=Math.min(s,u,v+(1<<n));for(let W=Math.max(v,p);W<C;W++)o[W]||(b=Math.max(b,is(t,r,W)*a[W]));let M=Math.exp(b*h[r]-l[r]);i[g]=Math.max(i[g],Math.min(1,M))}}function hs(t){let[r,e]=t.shape,s=new Float32Array(r*e);for(let n=0;n<r;n++)ls(t,n,[0,e],0,s.subarray(n*e,(n+1)*e));return{row:0,column:0,rows:r,columns:e,values:s}}var Xn=3,gt=class{constructor(r,e,s,n,i,o){this.scores=r;this.precision=e;this.overview=s;this.entropy=n;this.received=i;this.compute=o;this.shape=r.shape}tile(r){return r.level.every((s,n)=>2**s*Xn<=this.overview.by[n])?this.compute(this.scores,r):null}row(r){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(r,s))}column(r){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,r))}cell(r,e){return Zn(this.scores,r,e)}};var Le=new Map,vt=new Map,ei=0,nt;function ti(){try{let t=new Worker(URL.createObjectURL(new Blob([ns],{type:"text/javascript"})));return t.onmessage=({data:r})=>cs(r.number,r.grid),t.onerror=()=>{nt=null;for(let r of Le.keys())ds(r)},t}catch{return null}}function cs(t,r){Le.get(t)?.done(r),Le.delete(t)}function ds(t){let{scores:r,place:e}=Le.get(t);setTimeout(()=>cs(t,as(r,e)))}function ri(t,{scores:r,place:e}){let s={number:t,key:vt.get(r)??vt.size,place:e};vt.has(r)||(vt.set(r,s.key),s.scores=r),nt.postMessage(s)}function ps(t,r){return nt===void 0&&(nt=ti()),new Promise(e=>{let s=ei++;Le.set(s,{scores:t,place:r,done:e}),nt?ri(s,Le.get(s)):ds(s)})}var us=Array.from({length:94},(t,r)=>String.fromCharCode(33+r)).filter(t=>!'"<\\'.includes(t)).join(""),Zt=new Uint8Array(128);for(let t=0;t<us.length;t++)Zt[us.charCodeAt(t)]=t;function si(t){let r=t.length>>1,e=new Uint8Array(13*r+(t.length%2?5:0)>>3),[s,n,i]=[0,0,0];for(let o=0;o<t.length;o+=2){let a=o+1<t.length?Zt[t.charCodeAt(o+1)]:0;for(n|=Zt[t.charCodeAt(o)]+91*a<<s,s+=13;s>=8&&i<e.length;s-=8)e[i++]=n&255,n>>>=8}return e}async function yt(t){if(t==="")return new ArrayBuffer(0);let r=new Blob([si(t)]).stream();return new Response(r.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var ms=async t=>new Uint8Array(await yt(t)),Xt=async t=>new Int8Array(await yt(t)),fs=async t=>new Uint16Array(await yt(t)),He=async t=>new Float32Array(await yt(t));var bt=class{constructor(r,e,s,n){this.shape=r;this.overview=e;this.entropy=s;this.received=n;this.precision=null}tile(){return null}row(r){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(r,s))}column(r){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,r))}cell(r,e){let{by:s,columns:n,values:i}=this.overview;return i[Math.floor(r/s[0])*n+Math.floor(e/s[1])]}},ni=Float32Array.from({length:256},(t,r)=>r===0?0:2**((r-255)/12));function gs(t){let r=new Float32Array(t.length);for(let e=0;e<t.length;e++)r[e]=ni[t[e]];return r}var vs=65535,ii=48,Ne=new Map;function wt(t,r){let e=Ne.get(t)??oi(t,r);return Ne.delete(t),Ne.set(t,e),Ne.size>ii&&Ne.delete(Ne.keys().next().value),e}async function bs(t,r){return ft(t)?(await wt(t,r)).overview:ws(t.overview)}async function oi(t,r){if(ft(t))return ai(t,r);if(t.encoding==="scores"&&_e(t))return new X(t.shape,[hs(await ys(t))],t.precision);let e=await ws(t.overview),s=[await He(t.entropy),await He(t.received)];if(t.encoding==="pooled")return new bt(t.shape,e,...s);let n=await ys(t);return new gt(n,t.precision,e,...s,ps)}async function ai(t,r){let e=Float32Array.from(await fs(t.data));for(let o=0;o<e.length;o++)e[o]/=vs;let s=0,n=[[0,0,...t.shape]],i=(t.encoding==="blocks"&&r?r:n).map(o=>{let[a,l,h,p]=o,u=s;return s+=h*p,{row:a,column:l,rows:h,columns:p,values:e.subarray(u,s)}});return new X(t.shape,i,.5/vs)}async function ws({shape:[t,r],by:e,data:s}){return{rows:t,columns:r,by:e,values:gs(await ms(s))}}async function ys(t){return{shape:t.shape,width:t.width,query:await Xt(t.query),queryScale:await He(t.query_scale),key:await Xt(t.key),keyScale:await He(t.key_scale),logsumexp:await He(t.logsumexp),band:t.band,hidden:li(t.shape,t.hidden)}}function li([,t],r){let e=new Uint8Array(t);for(let[s,n]of r)e.fill(1,s,n);return e}var hi=/\p{Cc}/gu,ci=/^\p{M}/u,di=/^[\p{Z}\p{Cf}]+$/u;function R(t){if(t==="")return"\u2205";if(di.test(t))return"\u2423".repeat([...t].length);let r=t.replace(hi,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return ci.test(r)?`\u25CC${r}`:r}function $t(t,r){return r==="words"?t.words:t.tokens.map((e,s)=>[s,s+1])}function I(t,r){let e=r==="words"?t.shown:t.tokens;return $t(t,r).map((s,n)=>({text:R(e[n]),space:t.spaces[s[0]],tokens:s}))}var $s=/\p{L}/u,pi=/[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;function xs(t){let r=t.find(({text:e})=>$s.test(e))?.text.match($s)?.[0]??"";return pi.test(r)?"rtl":"ltr"}function xt(t,r){let e=[...t];return e.length<=r?t:`${e.slice(0,r-1).join("")}\u2026`}var We=(t,[r,e])=>t.probabilities?.slice(r,e).reduce((s,n)=>s*n,1)??null;var ui=64,ks=t=>t.shape[1]>ui?"log":"linear";function Ie({name:t},r){return t&&r.name.startsWith(`${t}.`)?r.name.slice(t.length+1):r.name}var be=t=>t.heads.every(_e);async function kt(t,r,e){let s=t.maps[r.map],n=s?.layers[r.layer];if(!n||n.heads.length===0)return null;let[i,o]=[t.sides[s.rows],t.sides[s.columns]],a=be(n)?e:"tokens",l=await mi(s,n,r.head),h=[$t(i,a),$t(o,a)];return{map:s,layer:n,unit:a,querySide:i,keySide:o,weights:a==="words"?rs(l,...h):l,rows:I(i,a),columns:I(o,a)}}async function mi({blocks:t},r,e){if(e!==null||!be(r))return wt(r.heads[e??0],t);let s=await Promise.all(r.heads.map(n=>wt(n,t)));return ss(s)}var L=(t,r,e)=>c`
  <figure aria-label=${t}>
    <h2>${t}</h2>
    <p class="explained quiet">${r}</p>
    ${e}
  </figure>
`,K=y`
  figure {
    padding: 1.5rem 0 0;
  }
  h2 {
    font: italic 400 1.1875rem/1.4 var(--serif);
    break-after: avoid;
  }
  h2:lang(zh) {
    font-style: normal;
  }
  .explained {
    max-width: 62ch;
    margin-bottom: 0.75rem;
    text-wrap: pretty;
  }
  bdi {
    font-family: var(--serif);
    overflow-wrap: anywhere;
  }
`;var fi={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},Ss=1e-4;function we(t,r){return r==="linear"?Math.min(1,Math.max(0,t)):t<=Ss?0:Math.min(1,1-Math.log10(t)/Math.log10(Ss))}function $e(t,r){let e=fi[r],s=Math.min(e.length-1,Math.max(0,t*(e.length-1))),[n,i]=[Math.floor(s),Math.ceil(s)];return e[n].map((a,l)=>Math.round(a+(e[i][l]-a)*(s-n)))}var Fe=([t,r,e])=>`rgb(${t}, ${r}, ${e})`;function gi(t){let[r,e,s]=t.map(n=>{let i=n/255;return i<=.04045?i/12.92:((i+.055)/1.055)**2.4});return .2126*r+.7152*e+.0722*s}function Es(t){return gi(t)>.18?"#141312":"#ffffff"}var er=256,As=new Map;function vi(t){let r=As.get(t);return r||(r=Uint32Array.from({length:er},(e,s)=>{let[n,i,o]=$e(s/(er-1),t);return 255<<24|o<<16|i<<8|n}),As.set(t,r)),r}function St(t,r,e,s){let n=vi(s),i=new ImageData(r,t.length/r),o=new Uint32Array(i.data.buffer);for(let a=0;a<t.length;a++)o[a]=n[Math.round(we(t[a],e)*(er-1))];return i}var he=class extends x{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,s)=>c`
        <section><h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((n,i)=>this.renderLayer(e,n,s,i))}
        </div></section>
      `)}renderLayer(e,s,n,i){let o=Ie(e,s)||this.text.layerNumber(i);return c`<div class="layer">
      <span class="quiet name">${o}</span>
      ${s.heads.map((a,l)=>this.renderHead(o,{...this.pane,map:n,layer:i,head:l}))}
    </div>`}renderHead(e,s){let{map:n,layer:i,head:o}=this.pane,a=n===s.map&&i===s.layer&&(o===null||o===s.head),h=s.head===(o??0)&&i===s.layer&&n===s.map||n!==s.map&&s.layer===0&&s.head===0;return c`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(s.head))}
      title=${this.text.headName(e,this.text.headNumber(s.head))}
      tabindex=${h?0:-1}
      @click=${()=>this.choose(s)}
    ><canvas data-head="${s.map} ${s.layer} ${s.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:s,target:n}){let i={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!i)return;let o=[...s.querySelectorAll("button")],a=o[o.indexOf(n)+i];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let s of this.renderRoot.querySelectorAll("canvas")){let[n,i,o]=s.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:h}=await bs(this.maps[n].layers[i].heads[o],this.maps[n].blocks);if(e!==this.drawing)return;[s.width,s.height]=[l,a],s.getContext("2d").putImageData(St(h,l,this.scale,A.theme),0,0)}}};he.styles=[w,y`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 4.5rem;
        overflow-wrap: anywhere;
      }
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
      }
      @media (max-width: 30rem) {
        .layer .name {
          flex-basis: 100%;
        }
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `],d([m({attribute:!1})],he.prototype,"maps",2),d([m({attribute:!1})],he.prototype,"pane",2),d([m({attribute:!1})],he.prototype,"scale",2),he=d([$("qkv-head-mosaic")],he);var yi=600,At=class{constructor(r,e,s,n){this.weights=r;this.scale=e;this.theme=s;this.arrived=n;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:r,columns:e}=this.weights.overview;return this.image("overview",r,e)}under(r,e){let s=wi(r,r.level(e),this.weights.shape);return this.want(s),this.drawable(s)}drawable(r){let e=r[0]?.level??[0,0],s=[...this.grids.values()].filter(({place:n})=>n.level[0]>=e[0]&&n.level[1]>=e[1]);return s.sort((n,i)=>Cs(i.place.level)-Cs(n.place.level)),s.map(({place:n,grid:i})=>({place:n,image:this.image(tr(n),i.values,i.columns)}))}image(r,e,s){let n=this.images.get(r);return n||(n=bi(St(e,s,this.scale,this.theme)),this.images.set(r,n)),n}want(r){this.wanted=r.filter(e=>!this.grids.has(tr(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let r=this.wanted.shift();r;r=this.wanted.shift()){let e=await this.weights.tile(r);if(!e)break;this.grids.set(tr(r),{place:r,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[r]=this.grids.keys();this.grids.size<=yi||(this.grids.delete(r),this.images.delete(r))}},Cs=([t,r])=>t+r,tr=({level:t,tile:r})=>`${t} ${r}`;function bi(t){let r=document.createElement("canvas");return[r.width,r.height]=[t.width,t.height],r.getContext("2d").putImageData(t,0,0),r}function wi({left:t,top:r,width:e,height:s,plot:n},i,[o,a]){let l=(v,b,C,M)=>{let W=Math.ceil(st(M,C)/128)-1,S=128<<C,Y=Math.min(W,Math.floor((v+b)/S)),ie=Math.max(0,Math.floor(v/S));return Array.from({length:Math.max(0,Y-ie+1)},(Ce,ze)=>ie+ze)},h=l(t,n.width/e,i[1],a),p=l(r,n.height/s,i[0],o),u=p.flatMap(v=>h.map(b=>({level:i,tile:[v,b]}))),g=({tile:[v,b]})=>Math.hypot(v-(p[0]+p.at(-1))/2,b-(h[0]+h.at(-1))/2);return u.sort((v,b)=>g(v)-g(b))}var ot=class{constructor(r,e){this.rows=r;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(r){let e=Math.min(30,r.width/this.columns),s=Math.min(30,r.height/this.rows),n=Math.min(e,s);Math.max(e,s)<=3*n&&(e=s=n),this.plot={width:e*this.columns,height:s*this.rows},this.fitted={width:e,height:s},[this.width,this.height,this.left,this.top]=[e,s,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(r,e,s){let[n,i]=[this.left+r/this.width,this.top+e/this.height];this.width=Ps(this.width,this.fitted.width,s),this.height=Ps(this.height,this.fitted.height,s),this.left=n-r/this.width,this.top=i-e/this.height,this.pan(0,0)}pan(r,e){let{width:s,height:n}=this.plot;this.left=it(this.left-r/this.width,0,this.columns-s/this.width),this.top=it(this.top-e/this.height,0,this.rows-n/this.height)}reveal(r,e){let[s,n]=[this.plot.width/this.width,this.plot.height/this.height];this.left=it(this.left,e+1-s,e),this.top=it(this.top,r+1-n,r),this.pan(0,0)}cellAt(r,e){let[s,n]=[this.left+r/this.width,this.top+e/this.height].map(Math.floor);return r>=0&&e>=0&&r<this.plot.width&&e<this.plot.height&&n<this.rows&&s<this.columns?{row:n,column:s}:null}level(r){let e=s=>Math.max(0,Math.floor(Math.log2(1/(s*r))));return[e(this.height),e(this.width)]}};function Ps(t,r,e){return it(t*e,r,Math.max(r,44))}function it(t,r,e){return Math.min(Math.max(t,r),Math.max(r,e))}var $i={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},rr=40,Et=200,De=class extends x{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=A,s=Et/rr;return c`<svg viewBox="-16 0 ${Et+32} 26" width=${`${(Et+32)/16}rem`} height=${`${26/16}rem`} role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:rr},(n,i)=>et`<rect x=${i*s} width=${s+.5} height="8"
        fill=${Fe($e((i+.5)/rr,e))}></rect>`)}
      ${$i[this.scale].map(n=>et`<text x=${we(n,this.scale)*Et} y="22">${n}</text>`)}
    </svg>`}};De.styles=[w,y`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `],d([m({attribute:!1})],De.prototype,"scale",2),De=d([$("qkv-legend")],De);var Ct=class{constructor(r,e){this.canvas=r;this.actions=e;this.pointers=new Map;this.moved=0;r.addEventListener("pointerdown",s=>this.down(s)),r.addEventListener("pointermove",s=>this.move(s)),r.addEventListener("pointerup",s=>this.up(s)),r.addEventListener("pointercancel",s=>this.pointers.delete(s.pointerId)),r.addEventListener("pointerleave",()=>e.leave()),r.addEventListener("wheel",s=>this.wheel(s),{passive:!1})}place({clientX:r,clientY:e}){let{left:s,top:n}=this.canvas.getBoundingClientRect();return[r-s,e-n]}down(r){this.canvas.setPointerCapture(r.pointerId),this.pointers.set(r.pointerId,this.place(r)),this.pointers.size===1&&(this.moved=0)}move(r){let e=this.place(r),s=this.pointers.get(r.pointerId);if(!s)return this.actions.hover(...e);let n=[...this.pointers].find(([i])=>i!==r.pointerId)?.[1];this.moved+=sr(s,e),n?this.pinch(s,e,n):this.moved>4&&this.actions.pan(e[0]-s[0],e[1]-s[1]),this.pointers.set(r.pointerId,e)}pinch(r,e,s){let n=[(e[0]+s[0])/2,(e[1]+s[1])/2],i=sr(e,s)/Math.max(1,sr(r,s));this.actions.pan((e[0]-r[0])/2,(e[1]-r[1])/2),this.actions.zoom(...n,i)}up(r){this.pointers.delete(r.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(r))}wheel(r){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!r.ctrlKey&&!r.metaKey&&!e&&!this.actions.zoomed())return;r.preventDefault();let s=r.ctrlKey&&Math.abs(r.deltaY)<40?.01:.002;this.actions.zoom(...this.place(r),Math.exp(-r.deltaY*s))}},sr=(t,r)=>Math.hypot(t[0]-r[0],t[1]-r[1]);var Ts=16,xi=50,nr=-Math.PI/3,ir=11,ki=9,Si=40,_s=10,Pt=44,ce=8,Ai='"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif',Rs=14,Ei=11,Ci=16,de=()=>Number.parseFloat(getComputedStyle(document.documentElement).fontSize)/Ci,or=t=>`${Math.min(Rs*de(),t)}px ${Ai}`,ar=()=>`${Ei*de()}px system-ui, sans-serif`,lr=({text:t})=>xt(t,Ts);function Os(t,r,e,s){let n=de(),i=Math.max(xi*n,Ms(t,r,s*.3),ki*n*String(r.length).length),o=Ms(t,e,120*n);return{left:i+8,top:o*Math.sin(-nr)+14,right:Math.max(Pt*n+ce,o*Math.cos(nr))+4,bottom:Pt+ce}}function Ms(t,r,e){t.font=or(Rs*de());let s=r.reduce((a,{text:l})=>Math.max(a,l.length),0),n=.6*Math.min(s,Ts),o=r.filter(({text:a})=>a.length>=n).slice(0,100).map(a=>t.measureText(lr(a)).width);return Math.min(e,Math.max(24,...o))}function Ls(t){let{context:r,pixelRatio:e,margins:s,inks:n}=t;r.setTransform(e,0,0,e,0,0),r.fillStyle=n.paper,r.fillRect(0,0,r.canvas.width,r.canvas.height),r.translate(s.left,s.top),r.save(),Pi(t),Mi(t),qi(t),Ti(t),Ri(t),r.restore(),Oi(t),Li(t),Ni(t),Wi(t),Ii(t)}function Pi({context:t,viewport:{plot:r}}){t.beginPath(),t.rect(0,0,r.width,r.height),t.clip()}function Mi({context:t,images:r,viewport:e,pixelRatio:s,weights:n}){t.imageSmoothingEnabled=!1;let i=r.overview(),{by:o,columns:a,rows:l}=n.overview;qs(t,i,e,s,[0,0,l*o[0],a*o[1]]);for(let{place:{level:h,tile:p},image:u}of r.under(e,s)){let[g,v]=[p[0]*(128<<h[0]),p[1]*(128<<h[1])],b=[g,v,u.height<<h[0],u.width<<h[1]];qs(t,u,e,s,b)}}function qs(t,r,{left:e,top:s,width:n,height:i,plot:o},a,[l,h,p,u]){let g=W=>Math.round(W*a)/a,[v,b]=[g((h-e)*n),g((l-s)*i)],[C,M]=[g((h+u-e)*n),g((l+p-s)*i)];C<=0||M<=0||v>=o.width||b>=o.height||t.drawImage(r,v,b,Math.max(C-v,1/a),Math.max(M-b,1/a))}function qi({context:t,viewport:r,inks:e}){let{width:s,height:n,left:i,top:o,plot:a}=r;if(!(Math.min(s,n)<_s)){t.fillStyle=e.paper;for(let l=-(i%1*s);l<a.width;l+=s)t.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*n);l<a.height;l+=n)t.fillRect(0,l-.5,a.width,1)}}function Ti({context:t,viewport:r,blocks:e,inks:s}){let{left:n,top:i,width:o,height:a}=r;for(let{kind:l,rows:h,columns:p}of e){let[u,g]=[(p[0]-n)*o,(h[0]-i)*a],[v,b]=[(p[1]-p[0])*o,(h[1]-h[0])*a];t.strokeStyle=t.fillStyle=s.gold,t.lineWidth=2,t.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?t.strokeRect(u+2,g+2,Math.max(1,v-4),Math.max(1,b-4)):_i(t,u+v/2,g+b/2,Math.min(4,o/4,a/4))}t.setLineDash([])}function _i(t,r,e,s){t.beginPath(),t.arc(r,e,Math.max(1,s),0,2*Math.PI),t.fill()}function Ri({context:t,viewport:r,focus:e,inks:s}){let{left:n,top:i,width:o,height:a,plot:l}=r;t.strokeStyle=s.accent,t.lineWidth=1;let[h,p]=[((e.column??0)-n)*o,((e.row??0)-i)*a],[u,g]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&t.strokeRect(.5,p,l.width-1,g),e.column!==null&&t.strokeRect(h,.5,u,l.height-1),!(e.row===null||e.column===null)&&(t.lineWidth=2,t.strokeRect(h,p,u,g))}function Oi({context:t,viewport:r,margins:e,rows:s,focus:n,inks:i}){t.textAlign="right",t.textBaseline="middle";let{height:o,top:a,plot:l}=r,h=o>=ir;t.font=h?or(o):ar();for(let p of Ns(a,l.height,o,s.length)){t.fillStyle=p===n.row?i.accent:h?i.ink:i.quiet;let u=h?lr(s[p]):Hs(p);t.fillText(u,-6,(p-a+.5)*o,e.left-8)}}function Li({context:t,viewport:r,columns:e,focus:s,inks:n}){let{width:i,left:o,plot:a}=r,l=i>=ir;t.textBaseline=l?"middle":"bottom",t.font=l?or(i):ar();for(let h of Ns(o,a.width,i,e.length))t.fillStyle=h===s.column?n.accent:l?n.ink:n.quiet,t.save(),t.translate((h-o+.5)*i,-6),t.textAlign=l?"left":"center",l&&t.rotate(nr),t.fillText(l?lr(e[h]):Hs(h),0,0),t.restore()}var Hs=t=>(t+1).toLocaleString("en");function Ns(t,r,e,s){let n=e>=ir?1:Hi(Si*de()/e),i=Math.min(s,Math.floor(t+r/e+.5)),o=Math.ceil((Math.ceil(t-.5)+1)/n)*n-1;return Array.from({length:Math.max(0,Math.ceil((i-o)/n))},(a,l)=>o+l*n)}function Hi(t){let r=10**Math.floor(Math.log10(t));return r*([1,2,5].find(e=>e*r>=t)??10)}function Ni({context:t,viewport:r,weights:e,inks:s}){let{plot:n,top:i,height:o,rows:a,columns:l}=r,h=Math.log(Math.max(2,l)),p=n.width+ce;t.fillStyle=s.bar;for(let[u,g,v]of Ws(e.entropy,i,o,n.height,a))t.fillRect(p,u,Math.max(.5,v/h*Pt),g)}function Wi({context:t,viewport:r,weights:e,inks:s}){let{plot:n,left:i,width:o,columns:a}=r,l=e.received.reduce((p,u)=>Math.max(p,u),1e-9),h=n.height+ce;t.fillStyle=s.bar;for(let[p,u,g]of Ws(e.received,i,o,n.width,a))t.fillRect(p,h,u,Math.max(.5,g/l*Pt))}function Ii({context:t,viewport:{plot:r},inks:e,bandNames:s}){t.fillStyle=e.quiet,t.font=ar(),t.textBaseline="top",t.textAlign="left",t.fillText(s[0],r.width+ce,r.height+ce),t.textAlign="right",t.fillText(s[1],-ce,r.height+ce)}function Ws(t,r,e,s,n){let i=Math.max(1,Math.ceil(1/e)),o=e>=_s?e*.55:0,a=[];for(let l=Math.floor(r/i)*i;l<Math.min(n,r+s/e);l+=i){let h=Math.max(...t.subarray(l,l+i)),[p,u]=[Math.max(0,(l-r)*e),Math.min(s,(l-r+i)*e)];a.push([p+o/2,Math.max(.5,u-p-o),h])}return a}var Fi=640,Mt=1.5,Is={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]};function Di(t,r){return t?.querySide===r.querySide&&t.keySide===r.keySide&&t.unit===r.unit}var U=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=E;this.locked=!1;this.blocks=[];this.viewport=new ot(1,1);this.type=1;this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,s]=this.shown.weights.shape;return c`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,s)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(Mt))}
          ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/Mt))}
          ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
        </div>
      </div>
    `}renderButton(e,s,n){return c`<button type="button" title=${s} aria-label=${s} @click=${n}>${e}</button>`}firstUpdated(){new Ct(this.canvas,{hover:(e,s)=>this.ask("qkv-hover",this.cellAt(e,s)??E),leave:()=>this.ask("qkv-hover",E),press:(e,s)=>this.press(e,s),pan:(e,s)=>this.change(()=>this.viewport.pan(e,s)),zoom:(e,s,n)=>this.change(()=>this.zoomAt(e,s,n)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:s}=A,{weights:n}=this.shown;e.has("shown")&&!Di(e.get("shown"),this.shown)?(this.viewport=new ot(...n.shape),this.measure()):this.type!==de()&&this.measure(),(this.images?.weights!==n||this.images.scale!==this.scale||this.images.theme!==s)&&(this.images=new At(n,this.scale,s,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;this.type=de();let{rows:e,columns:s}=this.shown,n=this.canvas.getContext("2d"),i=Os(n,e,s,this.clientWidth);this.margins=i,this.viewport.fit({width:Math.max(40,this.clientWidth-i.left-i.right),height:Math.min(Fi,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=i.left+o.width+i.right,l=i.top+o.height+i.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:s,columns:n}=this.shown;Ls({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:s,columns:n,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks(),bandNames:[this.text.entropyBand,this.text.receivedBand]})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","bar","paper","accent","gold"].map(n=>[n,e.getPropertyValue(`--${n}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,s){return this.viewport.cellAt(e-this.margins.left,s-this.margins.top)}zoomAt(e,s,n){this.viewport.zoom(e-this.margins.left,s-this.margins.top,n)}zoomMiddle(e){let{plot:s}=this.viewport;this.change(()=>this.viewport.zoom(s.width/2,s.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,s){let n=this.cellAt(e,s),{row:i,column:o}=this.focused,a=this.locked&&n?.row===i&&n?.column===o;this.ask("qkv-select",a||!n?E:n)}reveal(){let{row:e,column:s}=this.focused,{viewport:n}=this;n.reveal(e??Math.ceil(n.top),s??Math.ceil(n.left))}keyPressed(e){let s=this.keyAction(e.key);s&&(e.preventDefault(),s())}keyAction(e){if(e in Is)return()=>this.move(...Is[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(Mt);if(e==="-")return()=>this.zoomMiddle(1/Mt);if(e==="0")return()=>this.showWhole()}move(e,s){let[n,i]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(h,p,u)=>h===null?0:Math.min(u-1,Math.max(0,h+p));this.ask("qkv-select",{row:l(o,e,n),column:l(a,s,i)})}};U.styles=[w,y`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        flex-wrap: wrap;
        justify-content: space-between;
        max-width: 34rem;
        margin-top: 0.25rem;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `],d([m({attribute:!1})],U.prototype,"shown",2),d([m({attribute:!1})],U.prototype,"scale",2),d([m({attribute:!1})],U.prototype,"focused",2),d([m({attribute:!1})],U.prototype,"locked",2),d([m({attribute:!1})],U.prototype,"blocks",2),d([j("canvas")],U.prototype,"canvas",2),U=d([$("qkv-heat-map")],U);var at=class{diff(r,e,s={}){let n;typeof s=="function"?(n=s,s={}):"callback"in s&&(n=s.callback);let i=this.castInput(r,s),o=this.castInput(e,s),a=this.removeEmpty(this.tokenize(i,s)),l=this.removeEmpty(this.tokenize(o,s));return this.diffWithOptionsObj(a,l,s,n)}diffWithOptionsObj(r,e,s,n){var i;let o=S=>{if(S=this.postProcess(S,s),n){setTimeout(function(){n(S)},0);return}else return S},a=e.length,l=r.length,h=1,p=a+l;s.maxEditLength!=null&&(p=Math.min(p,s.maxEditLength));let u=(i=s.timeout)!==null&&i!==void 0?i:1/0,g=Date.now()+u,v=[{oldPos:-1,lastComponent:void 0}],b=this.extractCommon(v[0],e,r,0,s);if(v[0].oldPos+1>=l&&b+1>=a)return o(this.buildValues(v[0].lastComponent,e,r));let C=-1/0,M=1/0,W=()=>{for(let S=Math.max(C,-h);S<=Math.min(M,h);S+=2){let Y,ie=v[S-1],Ce=v[S+1];ie&&(v[S-1]=void 0);let ze=!1;if(Ce){let Sr=Ce.oldPos-S;ze=Ce&&0<=Sr&&Sr<a}let kr=ie&&ie.oldPos+1<l;if(!ze&&!kr){v[S]=void 0;continue}if(!kr||ze&&ie.oldPos<Ce.oldPos?Y=this.addToPath(Ce,!0,!1,0,s):Y=this.addToPath(ie,!1,!0,1,s),b=this.extractCommon(Y,e,r,S,s),Y.oldPos+1>=l&&b+1>=a)return o(this.buildValues(Y.lastComponent,e,r))||!0;v[S]=Y,Y.oldPos+1>=l&&(M=Math.min(M,S-1)),b+1>=a&&(C=Math.max(C,S+1))}h++};if(n)(function S(){setTimeout(function(){if(h>p||Date.now()>g)return n(void 0);W()||S()},0)})();else for(;h<=p&&Date.now()<=g;){let S=W();if(S)return S}}addToPath(r,e,s,n,i){let o=r.lastComponent;return o&&!i.oneChangePerToken&&o.added===e&&o.removed===s?{oldPos:r.oldPos+n,lastComponent:{count:o.count+1,added:e,removed:s,previousComponent:o.previousComponent}}:{oldPos:r.oldPos+n,lastComponent:{count:1,added:e,removed:s,previousComponent:o}}}extractCommon(r,e,s,n,i){let o=e.length,a=s.length,l=r.oldPos,h=l-n,p=0;for(;h+1<o&&l+1<a&&this.equals(s[l+1],e[h+1],i);)h++,l++,p++,i.oneChangePerToken&&(r.lastComponent={count:1,previousComponent:r.lastComponent,added:!1,removed:!1});return p&&!i.oneChangePerToken&&(r.lastComponent={count:p,previousComponent:r.lastComponent,added:!1,removed:!1}),r.oldPos=l,h}equals(r,e,s){return s.comparator?s.comparator(r,e):r===e||!!s.ignoreCase&&r.toLowerCase()===e.toLowerCase()}removeEmpty(r){let e=[];for(let s=0;s<r.length;s++)r[s]&&e.push(r[s]);return e}castInput(r,e){return r}tokenize(r,e){return Array.from(r)}join(r){return r.join("")}postProcess(r,e){return r}get useLongestToken(){return!1}buildValues(r,e,s){let n=[],i;for(;r;)n.push(r),i=r.previousComponent,delete r.previousComponent,r=i;n.reverse();let o=n.length,a=0,l=0,h=0;for(;a<o;a++){let p=n[a];if(p.removed)p.value=this.join(s.slice(h,h+p.count)),h+=p.count;else{if(!p.added&&this.useLongestToken){let u=e.slice(l,l+p.count);u=u.map(function(g,v){let b=s[h+v];return b.length>g.length?b:g}),p.value=this.join(u)}else p.value=this.join(e.slice(l,l+p.count));l+=p.count,p.added||(h+=p.count)}}return n}};var hr=class extends at{tokenize(r){return r.slice()}join(r){return r}removeEmpty(r){return r}},Fs=new hr;function Ue(t,r,e){return Fs.diff(t,r,e)}var Ui=new Intl.Segmenter(void 0,{granularity:"word"}),Ds=t=>Array.from(Ui.segment(t),({segment:r})=>r),Bi=100;function Gi(t,r){let e=Ue(Ds(t),Ds(r),{timeout:Bi});return e?e.filter(({removed:s})=>!s).map(({added:s,value:n})=>s?c`<strong>${n.join("")}</strong>`:n.join("")):r}var zi=12,xe=class extends x{constructor(){super(...arguments);this.unit="words"}render(){let e=this.view.sides.find(({probabilities:s})=>s);return c`
      ${e?this.renderDoubts(e):f}
      ${this.view.alternatives.length>1?this.renderAlternatives():f}
    `}renderDoubts(e){let s=I(e,this.unit).map(({text:n,tokens:i})=>({text:n,value:We(e,i)}));return s.sort((n,i)=>n.value-i.value),L(this.text.confidenceHeading,this.text.confidenceExplained,c`<ol class="doubts">
        ${s.slice(0,zi).map(({text:n,value:i})=>c`<li>
            <bdi>${n}</bdi>
            <span class="number quiet">${H(i)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100*i} height="1"></rect>
            </svg>
          </li>`)}
      </ol>`)}renderAlternatives(){let{alternatives:e}=this.view;return L(this.text.alternativesHeading,this.text.alternativesExplained,c`<ol>
        ${e.map(({text:s,score:n},i)=>c`<li class="alternative" data-best=${i===0}>
            <span class="number quiet">${n.toFixed(3)}</span>
            <span dir="auto" class="sentence">${Gi(e[0].text,s)}</span>
          </li>`)}
      </ol>`)}};xe.styles=[w,K,y`
      :host {
        display: contents;
      }
      .doubts li {
        display: grid;
        grid-template-columns: minmax(0, 9rem) 3.25rem minmax(2rem, 14rem);
        gap: 0.6rem;
        align-items: center;
        line-height: 1.6;
      }
      .doubts .number {
        text-align: right;
      }
      svg {
        width: 100%;
        height: 3px;
        background: var(--rule);
      }
      rect {
        fill: var(--weight);
      }
      .alternative {
        display: grid;
        grid-template-columns: 3.75rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.15rem 0;
      }
      .alternative .number {
        text-align: right;
      }
      .sentence {
        font-family: var(--serif);
        font-size: 1.0625rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      [data-best="true"] .sentence,
      strong {
        color: var(--ink);
        font-weight: 400;
      }
      strong {
        border-bottom: 1px solid var(--accent);
      }
    `],d([m({attribute:!1})],xe.prototype,"view",2),d([m({attribute:!1})],xe.prototype,"unit",2),xe=d([$("qkv-outcome")],xe);var Vi=.82,ee=class extends x{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:s,height:n,boxes:i}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return c`
      <svg viewBox="0 0 ${s} ${n}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${s} height=${n} />
        ${i.map(([a,l,h,p],u)=>et`
          <rect
            class=${u===this.marked?"marked":""}
            x=${a} y=${l} width=${h-a} height=${p-l}
            fill="#000"
            fill-opacity=${this.shades?Vi*(1-this.shades[u]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:u})}
            @click=${()=>this.ask("qkv-select",{row:null,column:u})}
          ></rect>`)}
      </svg>
    `}};ee.styles=[w,y`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `],d([m({attribute:!1})],ee.prototype,"picture",2),d([m()],ee.prototype,"name",2),d([m({attribute:!1})],ee.prototype,"shades",2),d([m({attribute:!1})],ee.prototype,"marked",2),ee=d([$("qkv-picture-regions")],ee);var pe=class extends x{constructor(){super(...arguments);this.focused=E}render(){let{weights:e,rows:s}=this.shown;return L(this.text.pictureWordsHeading,this.text.pictureWordsExplained,c`<ol>
        ${s.map(({text:n},i)=>c`<li>
            <button
              type="button"
              aria-pressed=${i===this.focused.row}
              @pointerenter=${()=>this.ask("qkv-hover",{row:i,column:null})}
              @pointerleave=${()=>this.ask("qkv-hover",E)}
              @click=${()=>this.ask("qkv-select",{row:i,column:null})}
            >
              <qkv-picture-regions
                .picture=${this.picture}
                .name=${this.text.pictureName(n)}
                .shades=${e.row(i)}
              ></qkv-picture-regions>
              <bdi>${n}</bdi>
            </button>
          </li>`)}
      </ol>`)}};pe.styles=[w,K,y`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      button {
        padding: 0;
        width: 100%;
        text-align: start;
      }
      qkv-picture-regions {
        pointer-events: none;
      }
      [aria-pressed="true"] bdi {
        color: var(--accent);
      }
    `],d([m({attribute:!1})],pe.prototype,"shown",2),d([m({attribute:!1})],pe.prototype,"picture",2),d([m({attribute:!1})],pe.prototype,"focused",2),pe=d([$("qkv-picture-words")],pe);function te(t,r){let e=[];for(let s=0;s<t.length;s++){if(!(t[s]>0)||e.length===r&&t[s]<=t[e[r-1]])continue;let n=e.findIndex(i=>t[i]<t[s]);e.splice(n<0?e.length:n,0,s),e.length=Math.min(e.length,r)}return e}var ji=5,Ki=24,lt=t=>xt(t.text,Ki),ue=class extends x{constructor(){super(...arguments);this.shown=null;this.focused=E;this.locked=!1}render(){if(!this.shown)return c`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:s}=this.focused,n=[];return e!==null&&s!==null&&n.push(this.renderCell(this.shown,e,s)),e!==null&&n.push(this.renderRow(this.shown,e)),s!==null&&n.push(this.renderColumn(this.shown,s)),c`
      ${this.locked?this.renderLock():f}
      <div aria-live="polite">
        ${n.length?n:c`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `}renderCell({weights:e,rows:s,columns:n},i,o){let a=e.cell(i,o);return c`<p>
      ${this.text.cell(lt(s[i]),lt(n[o]))}
      <data class="number" id="cell" value=${a}>${Jr(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:s,columns:n,querySide:i},o){let a=e.entropy[o],l=We(i,s[o].tokens);return c`<p>
      ${this.text.lookedAt(lt(s[o]))} ${this.renderLargest(e.row(o),n)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}${l===null?f:`${this.text.gap}${this.text.probability(H(l))}`}
      </span>
    </p>`}renderColumn({weights:e,rows:s,columns:n},i){return c`<p>
      ${this.text.lookedAtBy(lt(n[i]))}
      ${this.renderLargest(e.column(i),s)}
      <span class="quiet">${this.text.received(rt(e.received[i]))}</span>
    </p>`}renderLargest(e,s){let n=te(e,ji);return n.length===0?this.text.nothingSeen:n.map(i=>c`<span class="part"><bdi>${lt(s[i])}</bdi>
        <span class="number">${rt(e[i])}</span></span> `)}renderLock(){return c`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",E)}>${this.text.letGo}</button>
    </p>`}};ue.styles=[w,y`
      :host {
        min-height: 4.75rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      @media (min-width: 45rem) {
        .lock {
          float: inline-end;
          margin-inline-start: 1rem;
        }
      }
      button {
        text-decoration: underline;
      }
    `],d([m({attribute:!1})],ue.prototype,"shown",2),d([m({attribute:!1})],ue.prototype,"focused",2),d([m({attribute:!1})],ue.prototype,"locked",2),ue=d([$("qkv-readout")],ue);var re=class extends x{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:s},n)=>[String(n),s?`${this.text.mapKinds[e]} ${s}`:this.text.mapKinds[e]]}render(){let e=this.view.maps[this.pane.map],s=e.layers[this.pane.layer],n=[this.renderMap(),e.layers.length>1?this.renderLayer(e):null,s.heads.length>1?this.renderHead(s):null,this.renderUnit(s),this.renderScale()].filter(i=>i!==null);return c`<p>
      ${this.text.showing}${n.map((i,o)=>c`${o?this.text.comma:""}<span class="part">${i}</span>`)}
    </p>`}renderMap(){let{maps:e}=this.view;return this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,s=>this.choose(Oe(this.pane.view,this.view,Number(s))))}renderLayer(e){let s=e.layers.map((n,i)=>[String(i),Ie(e,n)||this.text.layerNumber(i)]);return this.renderSelect(this.text.layer,s,this.pane.layer,n=>this.chooseLayer(e,Number(n)))}renderHead(e){let{head:s}=this.pane;return this.renderSelect(this.text.head,this.headOptions(e),s??"mean",n=>this.choose({...this.pane,head:n==="mean"?null:Number(n)}))}renderUnit(e){let s=[["words",this.text.words],["tokens",this.text.tokens]],n=be(e)?s:s.slice(1);return this.renderSelect(this.text.unit,n,this.unit,i=>this.ask("qkv-select",{unit:i,row:null,column:null}))}renderScale(){let e=[["linear",this.text.linear],["log",this.text.log]];return this.renderSelect(this.text.scale,e,this.scale,s=>this.ask("qkv-select",{scale:s}))}renderSelect(e,s,n,i){return s.length===1?c`<span>${s[0][1]}</span>`:c`<select
      aria-label=${e}
      @change=${o=>i(o.target.value)}
    >
      ${s.map(([o,a])=>c`<option value=${o} .selected=${o===String(n)}>${a}</option>`)}
    </select>`}headOptions(e){let s=e.heads.map((i,o)=>[String(o),this.text.headNumber(o)]);return s.length>1&&be(e)?[["mean",this.text.meanOfHeads(s.length)],...s]:s}chooseLayer({layers:e},s){let n=e[s].heads.length,{head:i}=this.pane;this.choose({...this.pane,layer:s,head:i!==null&&i>=n?0:i})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};re.styles=[w,y`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        display: inline-block;
        max-width: 100%;
      }
    `],d([m({attribute:!1})],re.prototype,"view",2),d([m({attribute:!1})],re.prototype,"pane",2),d([m({attribute:!1})],re.prototype,"unit",2),d([m({attribute:!1})],re.prototype,"scale",2),re=d([$("qkv-shown-sentence")],re);var Be=class extends x{render(){return L(this.text.notesHeading,this.text.notesExplained,c`<ul>
        ${this.view.notes.map(r=>this.renderNote(r))}
      </ul>`)}renderNote({map:r,layer:e,head:s,place:n,share:i}){let o=this.view.maps[r],a=this.text.headIn(o.name||this.text.mapKinds[o.kind],Ie(o,o.layers[e])||this.text.layerNumber(e),this.text.headNumber(s));return c`<li>
      <button type="button" @click=${()=>this.show({map:r,layer:e,head:s})}>${a}</button>
      <span class="quiet">${this.text.sink(H(i),this.text.places[n])}</span>
    </li>`}show(r){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:r}))}};Be.styles=[w,K,y`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `],d([m({attribute:!1})],Be.prototype,"view",2),Be=d([$("qkv-sinks")],Be);var Us=64,Qi=250,Ji=/^(<\S+>|\[[A-Z]+\])$/,Yi={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},Zi=(t,r)=>t.length!==r?.length||t.some((e,s)=>e!==r[s]),O=class extends x{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.spans=[];this.steps=new Uint8Array;this.theme=""}render(){let e=this.marked===null?f:`p${this.marked-this.offset}`;return c`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?xs(this.pieces):"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${s=>this.pointed(s,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${s=>this.pointed(s,!0)}
        @keydown=${this.keyPressed}
      ></div>
    `}updated(e){e.has("pieces")&&this.placePieces(),e.has("probabilities")&&this.paintProbabilities(),this.paintShades();for(let n of this.renderRoot.querySelectorAll(".marked"))eo(n);let s=this.marked===null?void 0:this.spans[this.marked-this.offset];s?.classList.add("marked"),s?.setAttribute("aria-selected",String(this.locked)),(e.has("shades")||e.has("marked"))&&this.reveal(s)}placePieces(){let{pieces:e}=this;this.steps=new Uint8Array(e.length),this.spans=[];let s=this.renderRoot.querySelector(".pieces");s.replaceChildren();let n=()=>{e===this.pieces&&(s.append(this.nextBlock()),this.paintProbabilities(),this.paintShades(),this.spans.length<e.length&&setTimeout(n))};n()}nextBlock(){let e=document.createElement("div"),s=this.spans.length;return this.pieces.slice(s,s+Qi).forEach((n,i)=>{let o=Xi(n,s+i),a=this.layout==="running"&&(i>0||s===0);e.append(a?n.space:"",o),this.spans.push(o)}),e}paintShades(){let{theme:e}=A;this.spans.forEach((s,n)=>{let i=this.shades?.[n]??0,o=i?Math.round(we(i,this.scale)*Us):0;if(o===this.steps[n]&&e===this.theme)return;this.steps[n]=o;let a=$e(o/Us,e);s.style.backgroundColor=o?Fe(a):"",s.style.color=o?Es(a):""}),this.theme=e}paintProbabilities(){this.spans.forEach((e,s)=>{let n=this.probabilities?.[s];e.classList.toggle("probable",typeof n=="number"),typeof n=="number"&&e.style.setProperty("--probability",`${n*100}%`)})}reveal(e){let s=this.renderRoot.querySelector(".pieces");if(s.scrollHeight<=s.clientHeight||s.matches(":hover"))return;let n=e??this.spans[te(this.shades??[],1)[0]];if(!n)return;let[i,o]=[n.getBoundingClientRect(),s.getBoundingClientRect()];i.top>=o.top&&i.bottom<=o.bottom||(s.scrollTop+=i.top-o.top-s.clientHeight/2)}focusOn(e){let s=e+this.offset;return this.axis==="row"?{row:s,column:null}:{row:null,column:s}}pointed(e,s){let n=e.target.closest("[data-place]");if(!n)return;let i=Number(n.dataset.place),o=this.locked&&this.marked===i+this.offset;s?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(i)):this.ask("qkv-hover",this.focusOn(i))}keyPressed(e){let s=Yi[e.key];if(s===void 0||this.pieces.length===0)return;e.preventDefault();let n=this.marked===null?s<0?this.pieces.length:-1:this.marked-this.offset,i=Math.min(this.pieces.length-1,Math.max(0,n+s));this.ask("qkv-select",this.focusOn(i))}};O.styles=[w,y`
      .pieces {
        font: 400 var(--size, 1.375rem) / 1.7 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 18rem;
        overflow-y: auto;
        padding: 3px;
        margin: -3px;
      }
      .pieces > div:nth-child(n + 2) {
        content-visibility: auto;
        contain-intrinsic-height: auto 16rem;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(var(--quiet), var(--quiet)),
          linear-gradient(var(--rule), var(--rule));
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size:
          var(--probability) 2px,
          100% 2px;
      }
      .special {
        font-size: 0.75em;
        margin-inline-start: 0.35em;
      }
      .special:not([style*="color"]) {
        color: var(--quiet);
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces > div {
        display: flex;
        flex-direction: column;
      }
      :host(:not([layout="running"])) .pieces {
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        .pieces > div:nth-child(n) {
          content-visibility: visible;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `],d([m()],O.prototype,"label",2),d([m({reflect:!0})],O.prototype,"layout",2),d([m({attribute:!1,hasChanged:Zi})],O.prototype,"pieces",2),d([m({attribute:!1})],O.prototype,"axis",2),d([m({attribute:!1})],O.prototype,"offset",2),d([m({attribute:!1})],O.prototype,"shades",2),d([m({attribute:!1})],O.prototype,"scale",2),d([m({attribute:!1})],O.prototype,"marked",2),d([m({attribute:!1})],O.prototype,"locked",2),d([m({attribute:!1})],O.prototype,"probabilities",2),O=d([$("qkv-shaded-text")],O);function Xi({text:t},r){let e=document.createElement("span"),s={id:`p${r}`,"data-place":r,role:"option","aria-selected":!1};for(let[n,i]of Object.entries(s))e.setAttribute(n,String(i));return Ji.test(t)&&(e.className="special"),e.append(document.createElement("bdi")),e.firstElementChild.textContent=t,e}function eo(t){t.classList.remove("marked"),t.setAttribute("aria-selected","false")}var to=150,Q=class extends x{constructor(){super(...arguments);this.picture=null;this.scale="linear";this.focused=E;this.locked=!1}render(){let{text:e,picture:s}=this;if(s)return L(e.pictureHeading,e.pictureExplained,this.renderPicture(s));let n=this.shown.querySide===this.shown.keySide;return L(e.textHeading,n?e.textExplainedSelf:e.textExplained,c`<div class=${this.long?"long":""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`)}get long(){return Math.max(...this.shown.weights.shape)>to}renderPicture(e){let{weights:s,rows:n}=this.shown,{row:i,column:o}=this.focused;return c`
      <qkv-picture-regions
        .picture=${e}
        .name=${i===null?this.text.pictureWhole:this.text.pictureName(n[i].text)}
        .shades=${i===null?null:s.row(i)}
        .marked=${o}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `}renderSide(e){let{weights:s,querySide:n,keySide:i,rows:o,columns:a}=this.shown,{row:l,column:h}=this.focused,p=e==="row"?n:i,u=e==="row"?o:a,g=e==="row"?this.text.looking:this.text.lookedAtSide,v=this.text.sideRole(this.text.sides[p.name]??p.name,g),[b,C]=e==="row"?[h,s.column]:[l,s.row];return c`
      <h3 class="quiet">${v}</h3>
      <qkv-shaded-text
        .label=${v}
        .axis=${e}
        .pieces=${u}
        .shades=${b===null?null:C.call(s,b)}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${p.probabilities&&u.map(({tokens:M})=>We(p,M))}
      ></qkv-shaded-text>
    `}};Q.styles=[w,K,y`
      h3 {
        margin-top: 0.6rem;
      }
      .long {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
        gap: 0 3rem;
      }
      .long qkv-shaded-text {
        --size: 1.0625rem;
      }
      qkv-picture-regions {
        max-width: 30rem;
      }
    `],d([m({attribute:!1})],Q.prototype,"shown",2),d([m({attribute:!1})],Q.prototype,"picture",2),d([m({attribute:!1})],Q.prototype,"scale",2),d([m({attribute:!1})],Q.prototype,"focused",2),d([m({attribute:!1})],Q.prototype,"locked",2),Q=d([$("qkv-two-texts")],Q);var cr=40,dr=24,ro=180,so={linear:.05,log:.01},B=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=E;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:s,column:n}=this.focused,[i,o]=e.shape,a=s??(n===null?0:te(e.column(n),1)[0])??0,l=n??te(e.row(a),1)[0]??0;return{rows:Bs(a,i),columns:Bs(l,o)}}render(){let{rows:e,columns:s}=this.parts,{querySide:n,keySide:i,weights:o}=this.shown;return c`
      <div class="columns">
        ${this.renderSide("column",i.name||this.text.lookedAtSide,s)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",n.name||this.text.looking,e)}
      </div>
      ${this.renderPart(s,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,s,{first:n,end:i}){let{rows:o,columns:a}=this.shown;return c`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${s}
      .axis=${e}
      .offset=${n}
      .pieces=${(e==="row"?o:a).slice(n,i)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:s},n){return s-e===n?f:c`<p class="quiet">${this.text.linksPart(e+1,s,n)}</p>`}updated(){let{rows:e,columns:s}=this.parts,n=dr*Math.max(e.end-e.first,s.end-s.first),[i,o]=[this.canvas,devicePixelRatio];i.style.height=`${n}px`;let a=i.clientWidth||ro;[i.width,i.height]=[a*o,n*o];let l=i.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,s),this.drawLinks(l,a,e,s)}drawLinks(e,s,n,i){let{weights:o}=this.shown,{row:a,column:l}=this.focused,h=[];for(let u=n.first;u<n.end;u++){let g=o.row(u);for(let v=i.first;v<i.end;v++)g[v]>=so[this.scale]&&h.push([u,v,g[v]])}h.sort((u,g)=>u[2]-g[2]);let p=a!==null||l!==null;for(let[u,g,v]of h){let b=p&&(a===null||a===u)&&(l===null||l===g);e.globalAlpha=p&&!b?.15:1,e.strokeStyle=Fe($e(.25+.75*we(v,this.scale),A.theme)),e.lineWidth=.5+4*v,Gs(e,s,g-i.first,u-n.first)}e.globalAlpha=1}drawGold(e,s,n,i){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,h],p)=>(l+h-1)/2-p.first;Gs(e,s,a(o.columns,i)+.22,a(o.rows,n)+.22)}e.setLineDash([])}};B.styles=[w,y`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],d([m({attribute:!1})],B.prototype,"shown",2),d([m({attribute:!1})],B.prototype,"scale",2),d([m({attribute:!1})],B.prototype,"focused",2),d([m({attribute:!1})],B.prototype,"locked",2),d([m({attribute:!1})],B.prototype,"blocks",2),d([j("canvas")],B.prototype,"canvas",2),B=d([$("qkv-word-links")],B);function Bs(t,r){let e=Math.max(0,Math.min(r-cr,t-cr/2));return{first:e,end:Math.min(r,e+cr)}}function Gs(t,r,e,s){let[n,i]=[(e+.5)*dr,(s+.5)*dr];t.beginPath(),t.moveTo(0,n),t.bezierCurveTo(r/2,n,r/2,i,r,i),t.stroke()}var F=class extends x{constructor(){super(...arguments);this.place=0;this.hover=E;this.shown=null;this.reading=!0;this.failure="";this.opening=0;this.paneChosen=({detail:e})=>{let s={...this.pane,...e},n=this.selection.panes.map((o,a)=>a===this.place?s:o),i=s.map===this.pane.map;this.ask("qkv-select",i?{panes:n}:{panes:n,...E})}}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:s}=this.locked?this.selection:this.hover,[n,i]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<n?e:null,column:s!==null&&s<i?s:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?ks(this.shown.weights):"linear")}willUpdate(e){let s=e.get("selection"),{panes:n,unit:i}=this.selection,o=JSON.stringify(s?.panes[this.place])===JSON.stringify(n[this.place]);(e.has("selection")&&!(o&&s?.unit===i)||e.has("view"))&&this.open()}async open(){let e=++this.opening;this.reading=!0,this.failure="";try{let s=await kt(this.view,this.pane,this.selection.unit);if(e!==this.opening)return;this.shown=s}catch(s){this.failure=String(s)}this.reading=!1}render(){let{view:e,shown:s}=this,{name:n,description:i,parts:o}=e.model??{},a=[n,i,o&&this.text.modelParts(o)];return c`
      <p class="model quiet">${a.filter(Boolean).join(" \xB7 ")}</p>
      ${this.failure?c`<p role="alert">${this.text.unreadable(this.failure)}</p>`:f}
      ${e.maps.length?this.renderSentence():c`<p>${this.text.noMaps}</p>`}
      ${s?this.renderFigures(s):f}
      <div class="beside">
        <qkv-outcome .view=${e} .unit=${s?.unit??"words"}></qkv-outcome>
        ${e.notes.length?this.renderSinks():f}
      </div>
    `}renderSentence(){return c`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit??this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${this.paneChosen}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.reading?null:this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `}renderFigures(e){let{scale:s,focused:n,locked:i}=this,o=Qr(this.view.gold,e),a=e.map.columns===0?this.view.picture:null;return c`
      <qkv-two-texts
        .shown=${e}
        .picture=${a}
        .scale=${s}
        .focused=${n}
        .locked=${i}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(e,o)}
        ${a?c`<qkv-picture-words .shown=${e} .picture=${a} .focused=${n}></qkv-picture-words>`:this.renderLinks(e,o)}
      </div>
      ${this.severalHeads?this.renderHeads():f}
    `}renderMap(e,s){let{gold:n}=this.view;return L(this.text.mapHeading,c`${this.text.mapExplained}${this.text.gap}${this.renderPrecision(e)}${n&&s.length?c`${this.text.gap}${this.text.goldLegend}${this.text.gap}${this.text.aer(rt(n.aer))}`:f}`,c`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${s}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `)}renderPrecision({weights:{precision:e,overview:s},layer:{kernel:n}}){let i=e===null?this.text.bound(...s.by):this.text.exact(Yr(e));return n?`${i}${this.text.gap}${this.text.kernel(n)}`:i}renderLinks(e,s){return L(this.text.linksHeading,this.text.linksExplained,c`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${s}
      ></qkv-word-links>`)}get severalHeads(){return this.view.maps.flatMap(({layers:e})=>e.flatMap(({heads:s})=>s)).length>1}renderHeads(){return L(this.text.headsHeading,this.text.headsExplained,c`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`)}renderSinks(){return c`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`}};F.styles=[w,K,y`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.5rem 0;
      }
      @media screen and (min-width: 45rem) and (min-height: 36rem) {
        .said {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: 0 3rem;
        align-items: start;
      }
    `],d([m({attribute:!1})],F.prototype,"view",2),d([m({attribute:!1})],F.prototype,"place",2),d([m({attribute:!1})],F.prototype,"selection",2),d([m({attribute:!1})],F.prototype,"hover",2),d([k()],F.prototype,"shown",2),d([k()],F.prototype,"reading",2),d([k()],F.prototype,"failure",2),F=d([$("qkv-view")],F);function js(t){let r=s=>t.filter(n=>n.do===s),e={prefix:r("force").at(-1)?.prefix,hide:r("hide").flatMap(({columns:s})=>s),heads_off:r("headOff").map(({kind:s,layer:n,head:i})=>({kind:s,layer:n,heads:[i]})),forbid:r("forbid").flatMap(no),pin:r("pin").flatMap(io)};return Object.fromEntries(Object.entries(e).filter(([,s])=>s?.length))}function no({rows:t,columns:r,...e}){return t.flatMap(s=>r.map(n=>({row:s,column:n,...Ks(e)})))}function io({rows:t,columns:r,...e}){let s=Object.fromEntries(r.map(n=>[n,1/r.length]));return t.map(n=>({row:n,weights:s,...Ks(e)}))}function Ks({layer:t,head:r}){return{...t===null?{}:{layer:t},...r===null?{}:{heads:[r]}}}function Qs(t,r){return t.some(e=>Tt(e,r))?t.filter(e=>!Tt(e,r)):Js(t,r)}var Js=(t,r)=>[...t.filter(e=>!Tt(e,r)&&!oo(e,r)),r],ke=t=>JSON.stringify(t),Tt=(t,r)=>ke(t)===ke(r),ht=({tokens:t,spaces:r},e)=>e.map((s,n)=>(n?r[s]??"":"")+R(t[s]??"?")).join("");function oo(t,r){if(t.do==="force")return r.do==="force";if(t.do==="pin"&&r.do==="pin")return zs(t,r)&&qt(t.rows,r.rows);let[e,s]=[t,r].sort((n,i)=>n.do.localeCompare(i.do));return s.do!=="pin"?!1:(e.do==="hide"||e.do==="forbid"&&zs(e,s)&&qt(e.rows,s.rows))&&qt(e.columns,s.columns)}var qt=(t,r)=>t.some(e=>r.includes(e));function zs(t,r){let e=(s,n)=>s===null||n===null||s===n;return e(t.layer,r.layer)&&e(t.head,r.head)}var Ys=(t,r,e,s)=>t.some(n=>Tt(n,{do:"headOff",kind:r,layer:e,head:s}));function Zs(t){let r;try{r=JSON.parse(t??"[]")}catch{return[]}return(Array.isArray(r)?r.map(ao).filter(s=>s!==null):[]).reduce(Js,[])}function ao(t){if(typeof t!="object"||t===null)return null;let{do:r,prefix:e,kind:s,layer:n,head:i,rows:o,columns:a}=t;if(r==="force")return typeof e=="string"?{do:r,prefix:e}:null;if(r==="hide")return pr(a)?{do:r,columns:a}:null;if(r==="forbid"||r==="pin"){let[l,h]=[Vs(n),Vs(i)];return!pr(o)||!pr(a)?null:{do:r,rows:o,columns:a,layer:l,head:h}}return r!=="headOff"||!_t(n)||!_t(i)||!lo(s)?null:{do:r,kind:s,layer:n,head:i}}var _t=t=>Number.isSafeInteger(t)&&Number(t)>=0,Vs=t=>_t(t)?t:null,pr=t=>Array.isArray(t)&&t.length>0&&t.every(_t),lo=t=>t==="cross"||t==="encoder"||t==="decoder";var Xs={subtitle:"What did the model look at?",documentTitle:"qkv: what did the model look at?",takeTour:"Tour",largeType:"Large type",model:"Model",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:t=>`${t} attention`,withoutAttention:"one fixed vector, no attention",captions:"describes pictures",sourceHeading:"Text",sourceHint:"Type a sentence",pictureHeading:"Picture",choosePicture:"Choose a picture",dropPicture:"or drop one here. It goes to this server alone.",pictureAlt:"The picture that is described",sharedWithoutPicture:"The address holds what was changed, but no picture: choose the picture again to see it.",notAPicture:t=>`\u201C${t}\u201D is no picture.`,pictureTooLarge:t=>`\u201C${t}\u201D is larger than 8 MB.`,translation:"Translation",caption:"Caption",before:"Before",after:"After",unchangedText:"The same text as before.",working:"Working \u2026",empty:"Nothing to translate yet.",wordHint:"Choose a word to see how it came about and to try another.",score:t=>`score ${t}`,scoreExplained:"Log-probability after the length penalty: nearer to 0 is better.",odd:(t,r)=>`Read this with care: the text is unlike what the model was trained on, or its translation repeats itself. Unknown to the model: ${t} of the tokens of the text; repeated: ${r} of the translation.`,alternativesHeading:"The beam\u2019s results",alternativesExplained:"The search kept several texts. Choose one to see what the model looked at for it.",best:"best",stepsHeading:"What if",takeBack:"Take back",takeAllBack:"Take all back",steps:{force:t=>`The text begins with \u201C${t}\u201D`,hide:t=>`\u201C${t}\u201D is hidden`,forbid:(t,r)=>`${t} may not look at \u201C${r}\u201D`,pin:(t,r)=>`${t} looks at \u201C${r}\u201D alone`,headOff:(t,r,e)=>`${{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"}[t]}, layer ${r}: head ${e} is off`},atWord:(t,r)=>`\u201C${r}\u201D (token ${t})`,atWords:(t,r)=>`\u201C${r}\u201D (tokens ${t})`,atToken:t=>`Token ${t}`,atTokens:t=>`Tokens ${t}`,region:t=>`region ${t}`,inHead:(t,r)=>` (${[t===null?"all layers":`layer ${t}`,r===null?"all heads":`head ${r}`].join(", ")})`,textIsNew:"The text is a new one: what was changed in the old one has been taken back.",copyAddress:"Copy address",addressCopied:"The address is copied. It holds text and changes.",addressNotCopied:"The browser does not let the page copy; copy it from the address bar.",chosenHeading:"Chosen",nothingChosen:"Choose a word of either side, or a cell of the map. What it looked at, how the number came about and what you can change will stand here.",lookedAt:t=>`\u201C${t}\u201D looked at`,sourceWord:t=>`Source word \u201C${t}\u201D`,hide:"Hide it",hidden:"Hidden; show it again",onlyHere:"Only here",onlyHereFull:(t,r)=>`Let \u201C${t}\u201D look at \u201C${r}\u201D alone`,notHere:"Not here",notHereFull:(t,r)=>`Forbid \u201C${t}\u201D to look at \u201C${r}\u201D`,onlyShown:"In the layer and head shown only",sayInstead:"Likeliest words here",sayInsteadHint:"Choose one, and the model goes on from there.",sayTyped:"Or another word",say:"Say it",letGo:"Let go",tokensOfWord:"Tokens of the word",severalTokens:t=>`The word is ${t} tokens; above stands their mean, below the one chosen:`,headsHeading:"Switch heads off",headsExplained:"A head that is off sees nothing and adds nothing.",headsOf:{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"},layer:t=>`layer ${t}`,switchOff:(t,r,e)=>`${t}, layer ${r}, head ${e}: off`,explainHeading:"How the numbers came about",explainOf:(t,r,e,s)=>`\u201C${t}\u201D, step ${r}, layer ${e}, head ${s}`,headChosen:": the head that looked hardest",stages:{query:"1. The query",products:"2. Compared with each key",weights:"3. Softmax: weights",values:"4. What the values brought",prediction:"5. The next word"},queryOf:{cross:t=>`The decoder\u2019s state at step ${t} asks: what do I need now?`,encoder:t=>`Position ${t} of the source asks all positions of the source.`,decoder:t=>`Step ${t} asks the words said so far.`},dimension:t=>`dim. ${t}`,withKey:t=>`With the key of \u201C${t}\u201D:`,bias:"Bias",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"Key",product:"q \xB7 k",scaled:t=>`\xD7 ${t}`,score_:"Score",exp:"exp",weight:"Weight",others:t=>`${t} others`,hiddenKeys:t=>`${t} more could not be seen.`,restOfProducts:t=>`other ${t}`,softmaxSum:(t,r)=>`Each score, less the largest (${t}), goes through exp; a weight is that over the sum of all, ${r}.`,hardAttention:"Hard attention: the likeliest key alone has weight.",pinnedRow:"These weights were given from outside; the softmax is what the model would have used.",broughtExplained:t=>`Weight times value, added up, is the context: ${t} numbers. The largest:`,context:"Context",othersTogether:"+ all other keys =",ofHead:(t,r)=>`${t} (head ${r})`,ofOtherHeads:(t,r)=>`${t} (${r} more)`,meanOfHeads:(t,r,e,s)=>`The mean of the ${e} heads on \u201C${t}\u201D: (${r}) / ${e} = ${s}. Below, one head.`,predictionExplained:(t,r)=>`Probability ${t}, rank ${r} in the vocabulary.`,oneVector:"This model read its source as one vector: there was nothing to compare and to choose from.",fullPage:"As a page of text, as qkv explain prints it",tokenHeading:"This server asks for a token",tokenExplained:"Whoever started the server knows it. It is kept until this tab is closed.",tokenLabel:"Token",tokenWrong:"That was not this server\u2019s token.",tokenSend:"Go on",failures:{0:"The server does not answer. Is it still running?",401:"This server asks for a token.",403:"The token is not this server\u2019s.",404:"The server has nothing of that name.",408:"The server took too long. Try a shorter text.",413:"That is too much at once. Try a shorter text or a smaller picture.",429:"Too many requests. Wait a moment and change something.",503:"The server is busy or stopping. Wait a moment and change something.",504:"The server took too long. Try a shorter text."},failure:t=>`The server could not do it (${t}).`,serversWords:t=>t,tryAgain:"Try again",tourHeading:"Tour",tourStep:(t,r)=>`Step ${t} of ${r}`,next:"Next",back:"Back",end:"End",tourLacks:t=>`No model served here translates from Chinese to English ${t} (\u201Cqkv demo --serve\u201D has one), so the page does not show what this step would say:`,lacks:{fixed:"from one fixed vector",attention:"as an RNN with attention",transformer:"as a Transformer"},tour:[{title:"One fixed vector",text:["A Seq2Seq model\u2019s encoder reads the whole sentence into one vector c; all that the decoder knows of the source is in it. Read the translation of this long sentence: what got lost or mixed up? That is the bottleneck.","There is nothing to look at here: no map, no weights. Type a short sentence and see that it does better."]},{title:"Attention",text:["The same RNN, but it keeps every hidden state h\u2081 \u2026 h\u2099, and at each step the decoder weighs them anew. Point at a word of the translation: the darker a source word, the more weight it received.","Weights of a row sum to 1. They change with every word that is said: that is selective focus."]},{title:"Query, key, value",text:["One word is chosen. The card shows how its weights came about: the decoder\u2019s state is the query, each hidden state a key; their products go through softmax; the values, the same hidden states, are added up with these weights.","Follow one number from product to weight. In the article\u2019s words: e = s\u1D40h, \u03B1 = softmax(e), c = \u03A3 \u03B1 h."]},{title:"Self-attention",text:["A Transformer\u2019s encoder: queries, keys and values all come from the source itself. Each word looks at the others and takes from them what it needs.","Choose a row of the map. Several heads look at several things at once; see them all below."]},{title:"Cross-attention, and what if",text:["Here the queries come from the decoder, keys and values from the encoder. Now change something: \u5496\u5561 is hidden from all attention. Compare before and after: the model has to guess it.","Take it back, force another word, forbid a look or switch a head off, and see how sure the model still is."]}]};var en={cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668",decoder:"\u89E3\u7801\u5668"},tn={subtitle:"\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",documentTitle:"qkv\uFF1A\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",takeTour:"\u5BFC\u89C8",largeType:"\u5927\u5B57",model:"\u6A21\u578B",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:t=>`${jt(t)}\u6CE8\u610F\u529B`,withoutAttention:"\u5355\u4E00\u56FA\u5B9A\u5411\u91CF\uFF0C\u65E0\u6CE8\u610F\u529B",captions:"\u63CF\u8FF0\u56FE\u7247",sourceHeading:"\u539F\u6587",sourceHint:"\u8F93\u5165\u4E00\u53E5\u8BDD",pictureHeading:"\u56FE\u7247",choosePicture:"\u9009\u62E9\u56FE\u7247",dropPicture:"\u6216\u62D6\u5230\u8FD9\u91CC\u3002\u56FE\u7247\u53EA\u4F1A\u53D1\u9001\u5230\u8FD9\u53F0\u670D\u52A1\u5668\u3002",pictureAlt:"\u8981\u63CF\u8FF0\u7684\u56FE\u7247",sharedWithoutPicture:"\u7F51\u5740\u91CC\u6709\u6539\u52A8\uFF0C\u4F46\u6CA1\u6709\u56FE\u7247\uFF1A\u8BF7\u91CD\u65B0\u9009\u62E9\u56FE\u7247\u540E\u67E5\u770B\u3002",notAPicture:t=>`\u201C${t}\u201D\u4E0D\u662F\u56FE\u7247\u3002`,pictureTooLarge:t=>`\u201C${t}\u201D\u8D85\u8FC7\u4E86 8 MB\u3002`,translation:"\u8BD1\u6587",caption:"\u63CF\u8FF0",before:"\u6539\u52A8\u524D",after:"\u6539\u52A8\u540E",unchangedText:"\u6587\u672C\u4E0E\u6539\u52A8\u524D\u76F8\u540C\u3002",working:"\u6B63\u5728\u8BA1\u7B97\u2026\u2026",empty:"\u8FD8\u6CA1\u6709\u8981\u7FFB\u8BD1\u7684\u5185\u5BB9\u3002",wordHint:"\u70B9\u4E00\u4E2A\u8BCD\uFF0C\u770B\u5B83\u662F\u600E\u4E48\u6765\u7684\uFF0C\u4E5F\u53EF\u4EE5\u6362\u6210\u522B\u7684\u8BCD\u3002",score:t=>`\u5F97\u5206 ${t}`,scoreExplained:"\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\uFF0C\u8D8A\u5927\u8D8A\u597D\u3002",odd:(t,r)=>`\u8BF7\u8C28\u614E\u770B\u5F85\uFF1A\u539F\u6587\u4E0E\u8BAD\u7EC3\u6587\u672C\u5DEE\u522B\u8F83\u5927\uFF0C\u6216\u8005\u8BD1\u6587\u6709\u91CD\u590D\u3002\u6A21\u578B\u4E0D\u8BA4\u8BC6\u7684\u8BCD\u5143\u5360\u539F\u6587\u7684 ${t}\uFF0C\u91CD\u590D\u7684\u90E8\u5206\u5360\u8BD1\u6587\u7684 ${r}\u3002`,alternativesHeading:"\u675F\u641C\u7D22\u7684\u7ED3\u679C",alternativesExplained:"\u641C\u7D22\u4FDD\u7559\u4E86\u51E0\u6761\u5019\u9009\u3002\u9009\u4E00\u6761\uFF0C\u770B\u6A21\u578B\u4E3A\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3002",best:"\u6700\u4F18",stepsHeading:"\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837",takeBack:"\u64A4\u9500",takeAllBack:"\u5168\u90E8\u64A4\u9500",steps:{force:t=>`\u4EE5\u201C${t}\u201D\u5F00\u5934`,hide:t=>`\u9690\u85CF\u201C${t}\u201D`,forbid:(t,r)=>`${t}\u4E0D\u8BB8\u770B\u201C${r}\u201D`,pin:(t,r)=>`${t}\u53EA\u770B\u201C${r}\u201D`,headOff:(t,r,e)=>`${en[t]}\u7B2C ${r} \u5C42\uFF1A\u5173\u95ED\u7B2C ${e} \u4E2A\u5934`},atWord:(t,r)=>`\u201C${r}\u201D\uFF08\u7B2C ${t} \u4E2A\u8BCD\u5143\uFF09`,atWords:(t,r)=>`\u201C${r}\u201D\uFF08\u7B2C ${t} \u4E2A token\uFF09`,atToken:t=>`\u7B2C ${t} \u4E2A\u8BCD\u5143`,atTokens:t=>`\u7B2C ${t} \u4E2A token `,region:t=>`\u533A\u57DF ${t}`,inHead:(t,r)=>`\uFF08${[t===null?"\u6240\u6709\u5C42":`\u7B2C ${t} \u5C42`,r===null?"\u6240\u6709\u5934":`\u7B2C ${r} \u4E2A\u5934`].join("\uFF0C")}\uFF09`,textIsNew:"\u539F\u6587\u53D8\u4E86\uFF0C\u5BF9\u65E7\u539F\u6587\u7684\u6539\u52A8\u5DF2\u64A4\u9500\u3002",copyAddress:"\u590D\u5236\u7F51\u5740",addressCopied:"\u7F51\u5740\u5DF2\u590D\u5236\uFF0C\u5176\u4E2D\u5305\u542B\u6587\u672C\u548C\u6539\u52A8\u3002",addressNotCopied:"\u6D4F\u89C8\u5668\u4E0D\u5141\u8BB8\u7F51\u9875\u590D\u5236\uFF0C\u8BF7\u4ECE\u5730\u5740\u680F\u590D\u5236\u3002",chosenHeading:"\u9009\u4E2D",nothingChosen:"\u70B9\u9009\u4EFB\u610F\u4E00\u4FA7\u7684\u8BCD\uFF0C\u6216\u70ED\u529B\u56FE\u4E2D\u7684\u4E00\u683C\u3002\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u8FD9\u4E2A\u6570\u600E\u4E48\u7B97\u51FA\u6765\u7684\u3001\u53EF\u4EE5\u6539\u4EC0\u4E48\uFF0C\u90FD\u4F1A\u663E\u793A\u5728\u8FD9\u91CC\u3002",lookedAt:t=>`\u201C${t}\u201D\u5173\u6CE8\u4E86`,sourceWord:t=>`\u539F\u6587\u7684\u8BCD\u201C${t}\u201D`,hide:"\u9690\u85CF",hidden:"\u5DF2\u9690\u85CF\uFF0C\u70B9\u6B64\u6062\u590D",onlyHere:"\u53EA\u770B\u8FD9\u91CC",onlyHereFull:(t,r)=>`\u8BA9\u201C${t}\u201D\u53EA\u770B\u201C${r}\u201D`,notHere:"\u4E0D\u770B\u8FD9\u91CC",notHereFull:(t,r)=>`\u4E0D\u8BB8\u201C${t}\u201D\u770B\u201C${r}\u201D`,onlyShown:"\u53EA\u6539\u5F53\u524D\u663E\u793A\u7684\u5C42\u548C\u5934",sayInstead:"\u6B64\u5904\u6700\u53EF\u80FD\u7684\u8BCD",sayInsteadHint:"\u9009\u4E00\u4E2A\uFF0C\u6A21\u578B\u4F1A\u4ECE\u90A3\u91CC\u63A5\u7740\u5F80\u4E0B\u8BD1\u3002",sayTyped:"\u6216\u8005\u8F93\u5165\u53E6\u4E00\u4E2A\u8BCD",say:"\u7528\u8FD9\u4E2A\u8BCD",letGo:"\u53D6\u6D88\u9009\u62E9",tokensOfWord:"\u8FD9\u4E2A\u8BCD\u7684\u5404\u4E2A\u8BCD\u5143",severalTokens:t=>`\u8FD9\u4E2A\u8BCD\u7531 ${t} \u4E2A\u8BCD\u5143\u7EC4\u6210\uFF1B\u4E0A\u9762\u662F\u5E73\u5747\u503C\uFF0C\u4E0B\u9762\u662F\u9009\u4E2D\u7684\u8FD9\u4E2A\uFF1A`,headsHeading:"\u5173\u95ED\u6CE8\u610F\u529B\u5934",headsExplained:"\u5173\u95ED\u7684\u5934\u4EC0\u4E48\u4E5F\u770B\u4E0D\u5230\uFF0C\u4E5F\u4E0D\u518D\u6709\u8D21\u732E\u3002",headsOf:en,layer:t=>`\u7B2C ${t} \u5C42`,switchOff:(t,r,e)=>`${t}\uFF0C\u7B2C ${r} \u5C42\uFF0C\u7B2C ${e} \u4E2A\u5934\uFF1A\u5173\u95ED`,explainHeading:"\u8FD9\u4E9B\u6570\u662F\u600E\u4E48\u7B97\u51FA\u6765\u7684",explainOf:(t,r,e,s)=>`\u201C${t}\u201D\uFF0C\u7B2C ${r} \u6B65\uFF0C\u7B2C ${e} \u5C42\uFF0C\u7B2C ${s} \u4E2A\u5934`,headChosen:"\uFF1A\u6743\u91CD\u6700\u96C6\u4E2D\u7684\u5934",stages:{query:"1. \u67E5\u8BE2\uFF08Query\uFF09",products:"2. \u4E0E\u6BCF\u4E2A\u952E\uFF08Key\uFF09\u6BD4\u8F83",weights:"3. softmax \u5F97\u5230\u6743\u91CD",values:"4. \u503C\uFF08Value\uFF09\u5E26\u6765\u4E86\u4EC0\u4E48",prediction:"5. \u4E0B\u4E00\u4E2A\u8BCD"},queryOf:{cross:t=>`\u89E3\u7801\u5668\u5728\u7B2C ${t} \u6B65\u7684\u72B6\u6001\u53D1\u51FA\u67E5\u8BE2\uFF1A\u73B0\u5728\u9700\u8981\u4EC0\u4E48\u4FE1\u606F\uFF1F`,encoder:t=>`\u539F\u6587\u7B2C ${t} \u4E2A\u4F4D\u7F6E\u5411\u539F\u6587\u7684\u6240\u6709\u4F4D\u7F6E\u53D1\u51FA\u67E5\u8BE2\u3002`,decoder:t=>`\u7B2C ${t} \u6B65\u5411\u5DF2\u751F\u6210\u7684\u8BCD\u53D1\u51FA\u67E5\u8BE2\u3002`},dimension:t=>`\u7B2C ${t} \u7EF4`,withKey:t=>`\u4E0E\u201C${t}\u201D\u7684\u952E\uFF1A`,bias:"\u504F\u7F6E",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"\u952E",product:"q \xB7 k",scaled:t=>`\xD7 ${t}`,score_:"\u5F97\u5206",exp:"exp",weight:"\u6743\u91CD",others:t=>`\u5176\u4F59 ${t} \u4E2A`,hiddenKeys:t=>`\u53E6\u6709 ${t} \u4E2A\u770B\u4E0D\u5230\u3002`,restOfProducts:t=>`\u5176\u4F59 ${t} \u4E2A`,softmaxSum:(t,r)=>`\u6BCF\u4E2A\u5F97\u5206\u51CF\u53BB\u6700\u5927\u5F97\u5206\uFF08${t}\uFF09\u540E\u53D6 exp\uFF0C\u518D\u9664\u4EE5\u603B\u548C ${r}\uFF0C\u5C31\u662F\u6743\u91CD\u3002`,hardAttention:"\u786C\u6CE8\u610F\u529B\uFF1A\u53EA\u6709\u6700\u53EF\u80FD\u7684\u952E\u6709\u6743\u91CD\u3002",pinnedRow:"\u8FD9\u4E9B\u6743\u91CD\u7531\u5916\u90E8\u7ED9\u5B9A\uFF1Bsoftmax \u4E00\u680F\u662F\u6A21\u578B\u539F\u672C\u7684\u6743\u91CD\u3002",broughtExplained:t=>`\u6743\u91CD\u4E58\u4EE5\u503C\u518D\u76F8\u52A0\uFF0C\u5C31\u662F\u4E0A\u4E0B\u6587\u5411\u91CF\uFF0C\u5171 ${t} \u7EF4\u3002\u7EDD\u5BF9\u503C\u6700\u5927\u7684\u51E0\u7EF4\uFF1A`,context:"\u4E0A\u4E0B\u6587",othersTogether:"+ \u5176\u4F59\u7684\u952E\u5408\u8BA1 =",ofHead:(t,r)=>`${t}\uFF08\u7B2C ${r} \u5934\uFF09`,ofOtherHeads:(t,r)=>`${t}\uFF08\u5176\u4F59 ${r} \u4E2A\u5934\uFF09`,meanOfHeads:(t,r,e,s)=>`${e} \u4E2A\u5934\u5BF9\u201C${t}\u201D\u7684\u5E73\u5747\u6743\u91CD\uFF1A(${r}) / ${e} = ${s}\u3002\u4E0B\u9762\u53EA\u770B\u5176\u4E2D\u4E00\u4E2A\u5934\u3002`,predictionExplained:(t,r)=>`\u6982\u7387 ${t}\uFF0C\u5728\u8BCD\u8868\u4E2D\u6392\u7B2C ${r}\u3002`,oneVector:"\u8FD9\u4E2A\u6A21\u578B\u628A\u539F\u6587\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF\uFF1A\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u4E5F\u5C31\u6CA1\u6709\u6743\u91CD\u53EF\u89E3\u91CA\u3002",fullPage:"\u6587\u672C\u7248\uFF0C\u4E0E qkv explain \u7684\u8F93\u51FA\u76F8\u540C",tokenHeading:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C",tokenExplained:"\u542F\u52A8\u670D\u52A1\u5668\u7684\u4EBA\u77E5\u9053\u4EE4\u724C\u3002\u5B83\u53EA\u4FDD\u7559\u5230\u5173\u95ED\u6B64\u6807\u7B7E\u9875\u4E3A\u6B62\u3002",tokenLabel:"\u4EE4\u724C",tokenWrong:"\u4EE4\u724C\u4E0D\u5BF9\u3002",tokenSend:"\u7EE7\u7EED",failures:{0:"\u670D\u52A1\u5668\u6CA1\u6709\u56DE\u5E94\u3002\u5B83\u8FD8\u5728\u8FD0\u884C\u5417\uFF1F",401:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C\u3002",403:"\u4EE4\u724C\u4E0D\u5BF9\u3002",404:"\u670D\u52A1\u5668\u4E0A\u6CA1\u6709\u8FD9\u4E2A\u540D\u79F0\u3002",408:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002",413:"\u4E00\u6B21\u53D1\u9001\u7684\u5185\u5BB9\u592A\u591A\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u6216\u5C0F\u4E00\u4E9B\u7684\u56FE\u7247\u3002",429:"\u8BF7\u6C42\u592A\u591A\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",503:"\u670D\u52A1\u5668\u6B63\u5FD9\u6216\u6B63\u5728\u505C\u6B62\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",504:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002"},failure:t=>`\u670D\u52A1\u5668\u65E0\u6CD5\u5B8C\u6210\uFF08${t}\uFF09\u3002`,serversWords:t=>`\u670D\u52A1\u5668\u7684\u8BF4\u660E\uFF08\u82F1\u6587\uFF09\uFF1A${t}`,tryAgain:"\u91CD\u8BD5",tourHeading:"\u5BFC\u89C8",tourStep:(t,r)=>`\u7B2C ${t} \u6B65\uFF0C\u5171 ${r} \u6B65`,next:"\u4E0B\u4E00\u6B65",back:"\u4E0A\u4E00\u6B65",end:"\u7ED3\u675F",tourLacks:t=>`\u8FD9\u91CC\u6CA1\u6709${t}\u7684\u4E2D\u8BD1\u82F1\u6A21\u578B\uFF08\u8FD0\u884C\u201Cqkv demo --serve\u201D\u5373\u53EF\u4F7F\u7528\uFF09\uFF0C\u6240\u4EE5\u9875\u9762\u4E0A\u770B\u4E0D\u5230\u8FD9\u4E00\u6B65\u672C\u6765\u8981\u8BB2\u7684\u5185\u5BB9\uFF1A`,lacks:{fixed:"\u53EA\u7528\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",attention:"\u5E26\u6CE8\u610F\u529B\u7684 RNN ",transformer:" Transformer \u67B6\u6784"},tour:[{title:"\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",text:["\u4F20\u7EDF Seq2Seq \u7684\u7F16\u7801\u5668\u628A\u6574\u53E5\u8BDD\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF c\uFF0C\u89E3\u7801\u5668\u5BF9\u539F\u6587\u7684\u5168\u90E8\u4E86\u89E3\u90FD\u5728\u5176\u4E2D\u3002\u770B\u770B\u8FD9\u4E2A\u957F\u53E5\u7684\u8BD1\u6587\uFF1A\u4E22\u4E86\u4EC0\u4E48\u3001\u9519\u4E86\u4EC0\u4E48\uFF1F\u8FD9\u5C31\u662F\u201C\u7F16\u7801\u74F6\u9888\u201D\u3002","\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF1A\u6CA1\u6709\u70ED\u529B\u56FE\uFF0C\u4E5F\u6CA1\u6709\u6743\u91CD\u3002\u6362\u4E00\u4E2A\u77ED\u53E5\u8BD5\u8BD5\uFF0C\u4F1A\u597D\u5F97\u591A\u3002"]},{title:"\u6CE8\u610F\u529B",text:["\u540C\u6837\u7684 RNN\uFF0C\u4F46\u4FDD\u7559\u4E86\u6BCF\u4E2A\u65F6\u95F4\u6B65\u7684\u9690\u85CF\u72B6\u6001 h\u2081 \u2026 h\u2099\uFF0C\u89E3\u7801\u5668\u6BCF\u4E00\u6B65\u90FD\u91CD\u65B0\u7ED9\u5B83\u4EEC\u5206\u914D\u6743\u91CD\u3002\u628A\u9F20\u6807\u79FB\u5230\u8BD1\u6587\u7684\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u539F\u6587\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002","\u6BCF\u4E00\u884C\u7684\u6743\u91CD\u4E4B\u548C\u4E3A 1\uFF0C\u6BCF\u751F\u6210\u4E00\u4E2A\u8BCD\u90FD\u4F1A\u53D8\u5316\uFF0C\u8FD9\u5C31\u662F\u201C\u9009\u62E9\u6027\u805A\u7126\u201D\u3002"]},{title:"\u67E5\u8BE2\u3001\u952E\u3001\u503C\uFF08Q\u3001K\u3001V\uFF09",text:["\u5DF2\u9009\u4E2D\u4E00\u4E2A\u8BCD\u3002\u5361\u7247\u5217\u51FA\u5B83\u7684\u6743\u91CD\u600E\u4E48\u6765\u7684\uFF1A\u89E3\u7801\u5668\u72B6\u6001\u662F Query\uFF0C\u6BCF\u4E2A\u9690\u85CF\u72B6\u6001\u662F Key\uFF0C\u4E8C\u8005\u7684\u70B9\u79EF\u7ECF\u8FC7 softmax\uFF0C\u518D\u6309\u8FD9\u4E9B\u6743\u91CD\u628A Value\uFF08\u540C\u6837\u662F\u9690\u85CF\u72B6\u6001\uFF09\u52A0\u8D77\u6765\u3002","\u8DDF\u7740\u4E00\u4E2A\u6570\u8D70\uFF0C\u4ECE\u70B9\u79EF\u5230\u6743\u91CD\u3002\u7528\u6587\u7AE0\u7684\u8BDD\u8BF4\uFF1Ae = s\u1D40h\uFF0C\u03B1 = softmax(e)\uFF0Cc = \u03A3 \u03B1 h\u3002"]},{title:"\u81EA\u6CE8\u610F\u529B",text:["Transformer \u7684\u7F16\u7801\u5668\uFF1AQuery\u3001Key\u3001Value \u90FD\u6765\u81EA\u539F\u6587\u81EA\u8EAB\u3002\u6BCF\u4E2A\u8BCD\u770B\u5176\u4ED6\u7684\u8BCD\uFF0C\u53D6\u8D70\u81EA\u5DF1\u9700\u8981\u7684\u4FE1\u606F\u3002","\u70B9\u9009\u70ED\u529B\u56FE\u7684\u4E00\u884C\u3002\u591A\u4E2A\u5934\u540C\u65F6\u770B\u4E0D\u540C\u7684\u4E1C\u897F\uFF0C\u4E0B\u65B9\u53EF\u4EE5\u770B\u5230\u6240\u6709\u7684\u5934\u3002"]},{title:"\u4EA4\u53C9\u6CE8\u610F\u529B\u4E0E\u201C\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837\u201D",text:["\u8FD9\u91CC Query \u6765\u81EA\u89E3\u7801\u5668\uFF0CKey \u548C Value \u6765\u81EA\u7F16\u7801\u5668\u3002\u73B0\u5728\u6539\u4E00\u6539\uFF1A\u201C\u5496\u5561\u201D\u5BF9\u6240\u6709\u6CE8\u610F\u529B\u90FD\u9690\u85CF\u4E86\u3002\u6BD4\u8F83\u6539\u52A8\u524D\u540E\uFF1A\u6A21\u578B\u53EA\u80FD\u731C\u3002","\u64A4\u9500\u5B83\uFF0C\u518D\u5F3A\u5236\u6362\u4E00\u4E2A\u8BCD\u3001\u7981\u6B62\u4E00\u6B21\u5173\u6CE8\uFF0C\u6216\u5173\u95ED\u4E00\u4E2A\u5934\uFF0C\u770B\u6A21\u578B\u8FD8\u6709\u591A\u5927\u628A\u63E1\u3002"]}]};var ho={en:Xs,zh:tn},P=class extends x{get say(){return ho[A.language]}};var q=y`
  :host {
    --raised: color-mix(in srgb, var(--ink) 5%, var(--paper));
  }
  label,
  .label,
  h2 {
    display: block;
    font: 400 0.875rem/1.5 var(--sans);
    color: var(--quiet);
  }
  h2 {
    color: var(--ink);
    font-weight: 600;
  }
  h3:lang(zh) {
    font-style: normal !important;
  }
  button.plain {
    text-decoration: underline;
    text-underline-offset: 0.15em;
    text-decoration-color: var(--quiet);
  }
  button.plain:hover {
    text-decoration-color: var(--accent);
    color: var(--accent);
  }
  button.chip {
    border: 1px solid var(--quiet);
    border-radius: 1em;
    padding: 0.1em 0.7em;
    min-height: 1.75rem;
    font-size: 0.875rem;
  }
  button.chip:hover {
    border-color: var(--accent);
    color: var(--accent);
  }
  button.chip[aria-pressed="true"] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  input[type="text"],
  input[type="password"] {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 0;
    border-bottom: 1px solid var(--quiet);
    padding: 0.2em 0.4em;
    min-width: 0;
  }
  progress {
    appearance: none;
    border: 0;
    height: 0.75em;
    background: var(--rule);
  }
  progress::-webkit-progress-bar {
    background: var(--rule);
  }
  progress::-webkit-progress-value {
    background: var(--weight);
  }
  progress::-moz-progress-bar {
    background: var(--weight);
  }
  summary {
    cursor: pointer;
    font-size: 0.875rem;
  }
`,rn=y`
  :root[data-size="large"] {
    font-size: 150%;
  }
`;var sn=t=>(t/1e3).toFixed(3).replace("-","\u2212"),G=t=>sn(Math.round(t*1e3)),nn=t=>String(Number(t.toPrecision(6)));function Ge(t,r,e){let s=t.map(g=>g*1e3),n=s.map(Math.round),i=Math.round(e*1e3),o=i-n.reduce((g,v)=>g+v,0),a=r===null?0:r<0?o:Math.max(0,o),l=o-a,h=Math.sign(l),p=g=>h*(n[g]-s[g]),u=[...n.keys()].sort((g,v)=>p(g)-p(v));for(let g of u.slice(0,Math.abs(l)))n[g]+=h;return[...n,...r===null?[]:[a],i].map(sn)}var Se=class extends P{constructor(){super(...arguments);this.column=null}render(){let{explained:e,text:s}=this.explanation,{look:n}=e;return c`
      <h3>${this.say.explainHeading}</h3>
      ${n?this.renderLook(e,n):c`<p>${this.say.oneVector}</p>`}
      ${this.renderPrediction(e)}
      <details>
        <summary>${this.say.fullPage}</summary>
        <pre tabindex="0">${s}</pre>
      </details>
    `}renderLook(e,s){let n=this.keyOf(s),{token:i,step:o,layer:a,head:l,head_count:h}=e;return c`
      <p class="quiet">${this.say.explainOf(R(i),o,a??0,l??0)}${h>1&&!e.head_named?this.say.headChosen:f}</p>
      ${e.heads?c`<p class="mean">${this.meanOf(e.heads)}</p>`:f}
      <h4>${this.say.stages.query}</h4>
      <p>${this.say.queryOf[e.kind](o)}</p>
      <h4>${this.say.stages.products}</h4>
      ${n?this.renderProducts(s,n):f}
      <h4>${this.say.stages.weights}</h4>
      ${this.renderWeights(s,n)}
      <h4>${this.say.stages.values}</h4>
      ${n?this.renderValues(s,n):f}
    `}keyOf({keys:e}){return e.find(n=>n.number-1===this.column)??e.reduce((n,i)=>n&&n.weight>=i.weight?n:i,void 0)}meanOf({token:e,mean:s,heads:n,others:i,other_weight:o}){let a=n.length+i,l=n.map(({weight:u})=>u),p=Ge(l,i?o:null,s*a).slice(0,-1).map((u,g)=>g<n.length?this.say.ofHead(u,n[g].number):this.say.ofOtherHeads(u,i));return this.say.meanOfHeads(R(e),p.join(" + "),a,G(s))}renderProducts(e,s){let{products:n,rest:i,product:o,bias:a,score:l}=s,h=n.length&&e.other_dimensions?i:null,p=n.length?Ge(n,h,o):[G(o)],[u,g]=Ge([a],o*e.scale,l);return c`
      <p>${this.say.withKey(R(s.token))} <span class="formula">${this.say.formulas[e.score]??e.score}</span></p>
      <table class="sum">
        ${n.map((v,b)=>c`<tr>
            <th scope="row">${this.say.dimension(e.dimensions[b])}</th>
            <td class="number">${this.factors(e,s,b)} =</td>
            <td class="number">${p[b]}</td>
          </tr>`)}
        ${h!==null?c`<tr>
              <th scope="row">${this.say.restOfProducts(e.other_dimensions)}</th>
              <td></td>
              <td class="number">${p[n.length]}</td>
            </tr>`:f}
        <tr class="total">
          <th scope="row">${this.say.product}</th>
          <td></td>
          <td class="number">${p.at(-1)}</td>
        </tr>
        ${e.scale===1?f:this.line(this.say.scaled(nn(e.scale)),g)}
        ${a===0?f:this.line(this.say.bias,u)}
        ${e.scale===1&&a===0?f:this.line(this.say.score_,G(l),"total")}
      </table>
    `}factors({score:e,dimensions:s,query:n,energy:i},o,a){let l=n[s[a]-1];return e==="additive"?`${G(i[a])} \xD7 tanh(${G(l)} + ${G(o.numbers[a])})`:`${G(l)} \xD7 ${G(o.numbers[a])}`}line(e,s,n=""){return c`<tr class=${n||f}>
      <th scope="row">${e}</th>
      <td></td>
      <td class="number">${s}</td>
    </tr>`}renderWeights(e,s){let n=h=>{let p=e.keys.map(h),u=e.others&&h(e.others);return Ge(p,u,p.reduce((g,v)=>g+v,u??0))},i=n(({exp:h})=>h),o=n(({share:h})=>h),a=n(({weight:h})=>h),l=(h,{weight:p})=>c`
      <td class="number">${i[h]}</td>
      ${e.pinned||e.hard?c`<td class="number">${o[h]}</td>`:f}
      <td class="number weight"><progress value=${p} aria-hidden="true"></progress> ${a[h]}</td>
    `;return c`
      <p>${this.say.softmaxSum(G(e.shift),i.at(-1))}</p>
      ${e.hard?c`<p>${this.say.hardAttention}</p>`:f}
      ${e.pinned?c`<p>${this.say.pinnedRow}</p>`:f}
      <table>
        <thead>
          <tr>
            <th scope="col">${this.say.key}</th>
            <th scope="col" class="number">${this.say.score_}</th>
            <th scope="col" class="number">${this.say.exp}</th>
            ${e.pinned||e.hard?c`<th scope="col" class="number">softmax</th>`:f}
            <th scope="col" class="number">${this.say.weight}</th>
          </tr>
        </thead>
        <tbody>
          ${e.keys.map((h,p)=>c`<tr class=${h===s?"chosen":f}>
              <th scope="row"><bdi>${R(h.token)}</bdi></th>
              <td class="number">${G(h.score)}</td>
              ${l(p,h)}
            </tr>`)}
          ${e.others?c`<tr>
                <th scope="row">${this.say.others(e.others.count)}</th>
                <td></td>
                ${l(e.keys.length,e.others)}
              </tr>`:f}
        </tbody>
      </table>
      ${e.hidden?c`<p class="quiet">${this.say.hiddenKeys(e.hidden)}</p>`:f}
    `}renderValues(e,s){let n=e.keys.length+(e.others?.count??0)>1,i=e.value_dimensions.map((o,a)=>{let[l,h]=[s.brought[a],e.context[o-1]];return Ge([l],n?h-l:null,h)});return c`
      <p>${this.say.broughtExplained(e.value_width)}</p>
      <table>
        <thead>
          <tr>
            <th></th>
            <th scope="col" class="number"><bdi>${R(s.token)}</bdi></th>
            ${n?c`<th scope="col" class="number">${this.say.othersTogether}</th>`:f}
            <th scope="col" class="number">${this.say.context}</th>
          </tr>
        </thead>
        <tbody>
          ${e.value_dimensions.map((o,a)=>c`<tr>
              <th scope="row">${this.say.dimension(o)}</th>
              ${i[a].map(l=>c`<td class="number">${l}</td>`)}
            </tr>`)}
        </tbody>
      </table>
    `}renderPrediction({prediction:e}){return e?c`
      <h4>${this.say.stages.prediction}</h4>
      <p>
        <bdi class="said">${R(e.token)}</bdi>:
        ${this.say.predictionExplained(H(e.probability),e.rank)}
      </p>
    `:f}};Se.styles=[w,q,y`
      :host {
        container-type: inline-size;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 1rem;
      }
      h4 {
        font-weight: 600;
        font-size: 0.875rem;
        margin: 0.75rem 0 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
        font-size: 0.875rem;
        margin: 0.25rem 0;
        width: 100%;
      }
      th {
        font-weight: 400;
        color: var(--quiet);
        text-align: start;
        padding: 0.1rem 0.5rem 0.1rem 0;
        overflow-wrap: anywhere;
      }
      tbody th bdi,
      .said {
        font: 400 1rem/1.4 var(--serif);
        color: var(--ink);
      }
      td.number,
      th.number {
        text-align: end;
        white-space: nowrap;
        padding-inline-start: 0.5rem;
      }
      th.number {
        white-space: normal;
      }
      tbody tr,
      .sum tr {
        border-top: 1px solid var(--rule);
      }
      .chosen {
        background: var(--raised);
      }
      .chosen td.weight,
      .total td,
      .total th {
        font-weight: 600;
        color: var(--ink);
      }
      .weight progress {
        width: 3.5rem;
        vertical-align: middle;
      }
      @container (max-width: 20rem) {
        .weight progress {
          display: none;
        }
        td.number,
        th.number {
          padding-inline-start: 0.2rem !important;
        }
      }
      .formula {
        font-family: var(--serif);
        font-style: italic;
      }
      pre {
        font-size: 0.75rem;
        line-height: 1.35;
        overflow-x: auto;
      }
      details {
        margin-top: 0.75rem;
      }
    `],d([m({attribute:!1})],Se.prototype,"explanation",2),d([m({attribute:!1})],Se.prototype,"column",2),Se=d([$("qkv-explanation")],Se);var ur={model:null,text:"",steps:[],alternative:0},co=5;function mr({model:t,text:r,steps:e,alternative:s},n=[]){let i=new URLSearchParams;t!==null&&i.set("model",t),r!==""&&i.set("text",r),e.length>0&&i.set("what-if",JSON.stringify(e)),s>0&&i.set("result",String(s));for(let[o,a]of n)i.set(o,a);return i.toString()}function fr(t){let r=new URLSearchParams(t.replace(/^#/,"")),e=r.get("result")??"";return{model:r.get("model"),text:r.get("text")??"",steps:Zs(r.get("what-if")),alternative:/^[0-9]$/.test(e)?Number(e):0}}function Rt({model:t,text:r,steps:e,alternative:s},n){return{...n===null?{text:r}:{image:n},...t===null?{}:{model:t},nbest:co,...e.length>0?{changes:js(e)}:{},...s>0?{alternative:s}:{}}}var on=t=>({...t,steps:[],alternative:0}),an=({steps:t,alternative:r})=>t.length>0||r>0;var hn=2e3;function cn(t,r){let e={gone:new Set,added:new Set};if(t.length+r.length>hn)return e;let[s,n]=[t,r].map(a=>a.map(({text:l})=>l)),[i,o]=[0,0];for(let{added:a,removed:l,count:h}of Ue(s,n))l&&ln(e.gone,i,h),a&&ln(e.added,o,h),a||(i+=h),l||(o+=h);return e}function ln(t,r,e){for(let s=r;s<r+e;s++)t.add(s)}function dn(t,r,e){if(t.length+r.length>hn)return e<r.length?e:null;let[s,n]=[t,r].map(l=>l.map(({text:h})=>h)),[i,o,a]=[0,0,0];for(let{added:l,removed:h,count:p}of Ue(s,n)){let u=e-(l?i-a:i);if(u>=0&&u<p&&!h&&(!l||u<a))return o+u;l||(i+=p),h||(o+=p),a=h?p:0}return null}var z=1,pn="<eos>",po={gone:new Set,added:new Set},D=class extends P{constructor(){super(...arguments);this.former=null;this.changedTo=null;this.captioning=!1;this.working=!1;this.unit="words";this.alternative=0;this.row=null}render(){let e=this.changedTo??this.former;return c`
      <h2>${this.captioning?this.say.caption:this.say.translation}
        <span class="quiet" role="status">${this.working?this.say.working:f}</span>
      </h2>
      ${e?this.renderTexts(e):c`<p class="quiet">${this.say.empty}</p>`}
      ${e&&e.alternatives.length>1?this.renderAlternatives(e):f}
    `}renderTexts(e){let s=this.piecesOf(e);if(!this.changedTo||!this.former)return this.renderNow(s,po);let n=this.piecesOf(this.former),i=cn(n,s),o=i.gone.size+i.added.size===0;return c`
      <p class="label">${this.say.before}</p>
      <p class="text old" id="before" dir="auto">${n.map(({text:a,space:l},h)=>c`${l}<bdi class=${i.gone.has(h)?"gone":a===pn?"end":f}>${a}</bdi>`)}</p>
      <p class="label">${this.say.after}${o?c` · ${this.say.unchangedText}`:f}</p>
      ${this.renderNow(s,i)}
    `}renderNow(e,s){return c`<p class="text" id="after" dir="auto">${e.map(({text:n,space:i},o)=>c`${i}<button
            type="button"
            class=${s.added.has(o)?"added":n===pn?"end":f}
            title=${this.say.wordHint}
            aria-pressed=${o===this.row}
            @pointerenter=${()=>this.ask("qkv-hover",{row:o,column:null})}
            @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
            @click=${()=>this.ask("qkv-select",{row:o===this.row?null:o,column:null})}
          ><bdi>${n}</bdi></button>`)}</p>`}piecesOf(e){return I(e.sides[z],this.unit)}renderAlternatives({alternatives:e}){return c`
      <details ?open=${this.alternative>0}>
        <summary>${this.say.alternativesHeading}</summary>
        <p class="quiet">${this.say.alternativesExplained}</p>
        <ol>${e.map(({text:s,score:n},i)=>c`<li>
            <label class="choice">
              <input
                type="radio"
                name="alternative"
                .checked=${i===this.alternative}
                @change=${()=>this.ask("qkv-question",{alternative:i})}
              >
              <bdi>${s}</bdi>
              <span class="quiet number" title=${this.say.scoreExplained}>${this.say.score(n.toFixed(3))}${i===0?this.text.comma+this.say.best:f}</span>
            </label>
          </li>`)}</ol>
      </details>
    `}};D.styles=[w,q,y`
      .text {
        font: 400 1.375rem/1.5 var(--serif);
        overflow-wrap: anywhere;
        max-height: 40vh;
        overflow-y: auto;
        padding: 0.2rem 0;
      }
      .text button {
        padding: 0;
        border-bottom: 1px dotted var(--quiet);
        border-radius: 0;
        overflow-wrap: anywhere;
        text-align: start;
      }
      .end {
        color: var(--quiet);
        font-size: 0.75em;
        margin-inline-start: 0.4em;
      }
      .text button:hover {
        color: var(--accent);
      }
      .text button[aria-pressed="true"] {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
        border-radius: 2px;
      }
      .old {
        color: var(--quiet);
        font-size: 1.125rem;
      }
      .gone {
        text-decoration: line-through;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
      }
      .added {
        border-bottom: 3px solid var(--accent) !important;
        font-weight: 600;
      }
      details {
        margin-top: 0.5rem;
      }
      .choice {
        color: inherit;
        font-size: 1rem;
        display: flex;
        gap: 0.5em;
        align-items: baseline;
        flex-wrap: wrap;
        overflow-wrap: anywhere;
        min-height: 1.75rem;
      }
    `],d([m({attribute:!1})],D.prototype,"former",2),d([m({attribute:!1})],D.prototype,"changedTo",2),d([m({attribute:!1})],D.prototype,"captioning",2),d([m({attribute:!1})],D.prototype,"working",2),d([m({attribute:!1})],D.prototype,"unit",2),d([m({attribute:!1})],D.prototype,"alternative",2),d([m({attribute:!1})],D.prototype,"row",2),D=d([$("qkv-result")],D);var N=class extends Error{constructor(e,s){super(s);this.status=e;this.sentence=s}},un="qkv.token",gr=null;function mn(t){gr=t;try{sessionStorage.setItem(un,t)}catch{return}}function fn(){try{return gr??sessionStorage.getItem(un)}catch{return gr}}var vr=()=>fn()!==null,gn=async t=>(await yr("v1/models",void 0,t)).models,vn=(t,r)=>yr("v1/view",t,r),yn=(t,r)=>yr("v1/explain",t,r);async function yr(t,r,e){let s=fn(),n=await fetch(t,{method:r?"POST":"GET",headers:{...r?{"Content-Type":"application/json"}:{},...s?{Authorization:`Bearer ${s}`}:{}},body:r&&JSON.stringify(r),signal:e}).catch(o=>{throw e.aborted?o:new N(0,String(o))}),i=await n.json().catch(o=>{throw e.aborted?o:new N(n.ok?0:n.status,n.statusText)});if(!n.ok)throw new N(n.status,uo(i));return i}function uo(t){let r=t?.error;return typeof r=="string"?r:""}var mo=/[\p{L}\p{M}\p{N}]/u,fo=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u,br=t=>t!==void 0&&mo.test(t)&&!fo.test(t);function bn({text:t,caption:r,tokens:e},s,n){let i=[...t??r??""],[,o,a]=e[s],l=i.slice(0,o),p=!(o<a&&br(i[o]))&&br(l.at(-1))&&br([...n][0])?" ":"";return l.join("")+p+n}var go=6,vo=2,wn=0,T=class extends P{constructor(){super(...arguments);this.image=null;this.model=null;this.view=null;this.result=null;this.shown=null;this.explanation=null;this.failure=null;this.token=0;this.onlyShown=!1;this.request=new AbortController;this.asked=""}get pane(){return this.selection.panes[0]}get map(){return this.view?.maps[this.pane.map]}get rowSide(){return this.map?.rows??z}get row(){let{row:e,unit:s}=this.selection;return e===null||!this.view?null:this.shown?.rows[e]??I(this.view.sides[this.rowSide],s)[e]??null}get column(){let{column:e}=this.selection;return e===null?null:this.shown?.columns[e]??null}disconnectedCallback(){this.request.abort(),super.disconnectedCallback()}willUpdate(e){let s=e.get("selection");e.has("selection")&&s?.row!==this.selection.row&&(this.token=0),(e.has("view")||e.has("selection"))&&this.openWeights(),this.explainRow()}async openWeights(){let{view:e,selection:s}=this,n=e?await kt(e,this.pane,s.unit):null;e===this.view&&s===this.selection&&(this.shown=n)}async explainRow(){let{row:e,pane:s,map:n}=this,i=n?.kind??"cross",o=e&&{...Rt(this.question,this.image),kind:i,step:e.tokens[0]+this.token+1,...n?{layer:s.layer}:{},...n&&s.head!==null?{head:s.head}:{},lang:A.language},a=JSON.stringify(o);if(a===this.asked||(this.asked=a,this.request.abort(),this.explanation=this.failure=null,!o))return;this.request=new AbortController;let{signal:l}=this.request;try{let h=await yn(o,l);l.aborted||(this.explanation=h)}catch(h){l.aborted||(this.failure=h instanceof N?h:null)}}can(e){return this.model?.changes.includes(e)??!1}render(){let{row:e,column:s}=this;return!this.view||!e&&!s?c`<h2>${this.say.chosenHeading}</h2>
        <p class="quiet">${this.say.nothingChosen}</p>`:c`
      <h2>${this.say.chosenHeading}
        <button class="plain" type="button" @click=${()=>this.ask("qkv-select",{row:null,column:null})}>
          ${this.say.letGo}
        </button>
      </h2>
      ${s&&this.map?.columns===wn?this.renderSourceWord(s):f}
      ${e&&!s&&this.rowSide===wn?this.renderSourceWord(e):f}
      ${e?this.renderRow(e):f}
    `}renderSourceWord(e){let s=wr(e),n=this.question.steps.some(i=>i.do==="hide"&&i.columns.join()===s.join());return c`<p class="source-word">
      ${this.view?.picture?this.say.region(e.text):this.say.sourceWord(e.text)}
      ${this.can("hide")?c`<button
            class="chip"
            id="hide"
            type="button"
            aria-pressed=${n}
            @click=${()=>this.ask("qkv-change",{do:"hide",columns:s})}
          >${n?this.say.hidden:this.say.hide}</button>`:f}
    </p>`}renderRow(e){return c`
      ${this.shown?this.renderLooks(this.shown,e):f}
      ${e.tokens[1]-e.tokens[0]>1?this.renderTokens(e):f}
      ${this.rowSide===z&&this.can("prefix")?this.renderWords(e):f}
      ${this.explanation?c`<qkv-explanation
            .explanation=${this.explanation}
            .column=${this.column?.tokens[0]??null}
          ></qkv-explanation>`:c`<p class="quiet" role="status">${this.failure?.sentence??this.say.working}</p>`}
    `}renderLooks({weights:e,columns:s,map:n,layer:i},o){let a=this.selection.row;if(a>=e.shape[0])return f;let l=e.row(a),h=te(l,go),{column:p}=this.selection;p!==null&&p<s.length&&!h.includes(p)&&h.push(p);let u=n.kind==="cross",g=n.layers.length>1||i.heads.length>1;return c`
      <h3>${this.say.lookedAt(o.text)}</h3>
      ${h.length?f:c`<p class="quiet">${this.text.nothingSeen}</p>`}
      <ul>${h.map(v=>this.renderLook(o,s[v],l[v],u))}</ul>
      ${u&&g&&this.can("forbid")?c`<label class="scope"><input
              type="checkbox"
              .checked=${this.onlyShown}
              @change=${({target:v})=>{this.onlyShown=v.checked}}
            > ${this.say.onlyShown}</label>`:f}
    `}renderLook(e,s,n,i){let o=this.view?.picture?this.say.region(s.text):s.text;return c`<li>
      <bdi>${o}</bdi>
      <progress value=${n} aria-hidden="true"></progress>
      <span class="number">${n.toFixed(3)}</span>
      ${i?c`
            ${this.renderChange("pin",this.say.onlyHere,this.say.onlyHereFull(e.text,o),e,s)}
            ${this.renderChange("forbid",this.say.notHere,this.say.notHereFull(e.text,o),e,s)}`:f}
    </li>`}renderChange(e,s,n,i,o){if(!this.can(e))return f;let a={do:e,rows:wr(i),columns:wr(o),layer:this.onlyShown?this.pane.layer:null,head:this.onlyShown?this.pane.head:null},l=this.question.steps.some(h=>JSON.stringify(h)===JSON.stringify(a));return c`<button
      class="chip"
      type="button"
      title=${n}
      aria-label=${n}
      aria-pressed=${l}
      @click=${()=>this.ask("qkv-change",a)}
    >${s}</button>`}renderTokens(e){let[s,n]=e.tokens;return c`<div class="tokens" role="group" aria-label=${this.say.tokensOfWord}>
      <span class="quiet">${this.say.severalTokens(n-s)}</span>
      ${this.view.sides[this.rowSide].tokens.slice(s,n).map((i,o)=>c`<button
          class="chip"
          type="button"
          aria-pressed=${o===this.token}
          @click=${()=>{this.token=o}}
        ><bdi>${R(i)}</bdi></button>`)}
    </div>`}renderWords(e){let s=this.explanation?.explained.prediction?.words??[];return c`
      <h3>${this.say.sayInstead}</h3>
      <p class="quiet">${this.say.sayInsteadHint}</p>
      <ol class="words">${s.map(n=>this.renderWord(n))}</ol>
      <form @submit=${n=>this.sayTyped(n,e)}>
        <label for="word">${this.say.sayTyped}</label>
        <input id="word" type="text" autocomplete="off" spellcheck="false" dir="auto">
        <button class="chip" type="submit">${this.say.say}</button>
      </form>
    `}renderWord(e){let s=e.id===this.explanation?.explained.prediction?.id,{text:n}=e;return c`<li>
      <button
        class="chip"
        type="button"
        aria-pressed=${s}
        ?disabled=${e.id===vo}
        @click=${()=>this.ask("qkv-change",{do:"force",prefix:n})}
      ><bdi>${R(e.token)}</bdi> <span class="number">${H(e.probability)}</span></button>
    </li>`}sayTyped(e,s){e.preventDefault();let n=this.typed.value.trim();if(n===""||!this.result)return;let i=bn(this.result,s.tokens[0]+this.token,n);this.typed.value="",this.ask("qkv-change",{do:"force",prefix:i})}};T.styles=[w,q,y`
      h2 {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 0.75rem;
        overflow-wrap: anywhere;
      }
      ul li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.5rem;
        align-items: center;
        border-top: 1px solid var(--rule);
        padding: 0.15rem 0;
      }
      ul li bdi,
      .words bdi,
      .tokens bdi {
        font: 400 1.0625rem/1.4 var(--serif);
        overflow-wrap: anywhere;
      }
      ul li bdi {
        flex: 1 1 4rem;
      }
      progress {
        width: 3.5rem;
      }
      .source-word {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
        align-items: baseline;
        margin-top: 0.5rem;
        overflow-wrap: anywhere;
      }
      .tokens {
        align-items: baseline;
        margin-top: 0.75rem !important;
      }
      .words,
      .tokens {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .scope {
        margin-top: 0.25rem;
        min-height: 1.75rem;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 0.5rem;
      }
      form label {
        grid-column: 1 / -1;
      }
    `],d([m({attribute:!1})],T.prototype,"question",2),d([m({attribute:!1})],T.prototype,"image",2),d([m({attribute:!1})],T.prototype,"model",2),d([m({attribute:!1})],T.prototype,"view",2),d([m({attribute:!1})],T.prototype,"result",2),d([m({attribute:!1})],T.prototype,"selection",2),d([k()],T.prototype,"shown",2),d([k()],T.prototype,"explanation",2),d([k()],T.prototype,"failure",2),d([k()],T.prototype,"token",2),d([k()],T.prototype,"onlyShown",2),d([j("#word")],T.prototype,"typed",2),T=d([$("qkv-chosen")],T);var wr=({tokens:[t,r]})=>Array.from({length:r-t},(e,s)=>t+s);var yo=["cross","encoder","decoder"],Ae=class extends P{constructor(){super(...arguments);this.layers=null;this.steps=[]}render(){let e=yo.filter(s=>this.layers?.[s]?.length);return e.length===0?f:c`
      <details ?open=${this.steps.some(s=>s.do==="headOff")}>
        <summary>${this.say.headsHeading}</summary>
        <p class="quiet">${this.say.headsExplained}</p>
        ${e.map(s=>this.renderKind(s,this.layers[s]))}
      </details>
    `}renderKind(e,s){return c`
      <h3>${this.say.headsOf[e]}</h3>
      ${s.map((n,i)=>c`<p>
          <span class="quiet">${this.say.layer(i)}</span>
          ${Array.from({length:n},(o,a)=>this.renderHead(e,i,a))}
        </p>`)}
    `}renderHead(e,s,n){let i=this.say.switchOff(this.say.headsOf[e],s,n);return c`<button
      type="button"
      class="chip number"
      title=${i}
      aria-label=${i}
      aria-pressed=${Ys(this.steps,e,s,n)}
      @click=${()=>this.ask("qkv-change",{do:"headOff",kind:e,layer:s,head:n})}
    >${n}</button>`}};Ae.styles=[w,q,y`
      h3 {
        font-size: 0.875rem;
        margin-top: 0.4rem;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        align-items: baseline;
        margin: 0.2rem 0;
      }
      .quiet {
        min-width: 4.5em;
      }
      button.chip {
        min-width: 1.75rem;
        padding: 0;
      }
      button.chip[aria-pressed="true"] {
        text-decoration: line-through;
      }
    `],d([m({attribute:!1})],Ae.prototype,"layers",2),d([m({attribute:!1})],Ae.prototype,"steps",2),Ae=d([$("qkv-heads-off")],Ae);var bo=250,wo=40,Ot=class{constructor(r,e){this.host=r;this.answered=e;this.answer={before:null,after:null};this.failure=null;this.working=!1;this.request=new AbortController;this.timer=0;this.known=new Map;r.addController(this)}hostDisconnected(){this.cancel()}ask(r,e,s=bo){if(this.cancel(),(e??r.text.trim())===""){this.settle({before:null,after:null},null);return}this.working=!0,this.host.requestUpdate(),this.timer=setTimeout(()=>this.send(r,e),s)}cancel(){clearTimeout(this.timer),this.request.abort(),this.request=new AbortController,this.working=!1}async send(r,e){let{signal:s}=this.request,n=[on(r),...an(r)?[r]:[]],i=await Promise.allSettled(n.map(l=>this.viewed(Rt(l,e),s)));if(s.aborted)return;let[o,a]=i.map(l=>l.status==="fulfilled"?l.value:null);this.settle({before:o,after:a??null},$o(i))}async viewed(r,e){let s=JSON.stringify(r),n=this.known.get(s);if(n)return n;let i=await vn(r,e);this.known.set(s,i);for(let o of this.known.keys())this.known.size>wo&&this.known.delete(o);return i}settle(r,e){this.answer=r,this.failure=e,this.working=!1,this.answered(),this.host.requestUpdate()}};function $o(t){let r=t.find(e=>e.status==="rejected");return r?r.reason instanceof N?r.reason:new N(0,String(r.reason)):null}function $n(t){return new Promise((r,e)=>{let s=new FileReader;s.onerror=()=>e(s.error),s.onload=()=>{let n=String(s.result);r({shown:n,sent:n.slice(n.indexOf(",")+1)})},s.readAsDataURL(t)})}var J=class extends P{constructor(){super(...arguments);this.value="";this.language=null;this.pictures=!1;this.picture=null;this.over=!1}render(){return this.pictures?this.renderPicture():this.renderText()}renderText(){return c`
      <label for="text">${this.say.sourceHeading}</label>
      <textarea
        id="text"
        rows="2"
        dir="auto"
        spellcheck="false"
        lang=${this.language??f}
        placeholder=${this.say.sourceHint}
        .value=${this.value}
        @input=${({target:e})=>this.ask("qkv-question",{text:e.value})}
      ></textarea>
    `}renderPicture(){return c`
      <span class="label" id="label">${this.say.pictureHeading}</span>
      <div
        class="drop"
        data-over=${this.over}
        @dragover=${e=>{e.preventDefault(),this.over=!0}}
        @dragleave=${()=>{this.over=!1}}
        @drop=${this.dropped}
      >
        ${this.picture?c`<img src=${this.picture} alt=${this.say.pictureAlt}>`:f}
        <p>
          <label class="file">${this.say.choosePicture}
            <input class="unseen" type="file" accept="image/*" @change=${this.chosen}>
          </label>
          <span class="quiet">${this.say.dropPicture}</span>
        </p>
      </div>
    `}dropped(e){e.preventDefault(),this.over=!1,this.give(e.dataTransfer?.files[0])}chosen({target:e}){this.give(e.files?.[0])}give(e){e&&this.ask("qkv-picture",e)}};J.styles=[w,q,y`
      textarea {
        display: block;
        width: 100%;
        min-height: 4.5rem;
        field-sizing: content;
        max-height: 40vh;
        resize: vertical;
        font: 400 1.375rem/1.5 var(--serif);
        color: inherit;
        background: var(--raised);
        border: 1px solid transparent;
        border-bottom-color: var(--quiet);
        border-radius: 3px 3px 0 0;
        padding: 0.4rem 0.6rem;
      }
      .drop {
        border: 1px dashed var(--quiet);
        border-radius: 3px;
        padding: 0.6rem;
      }
      .drop[data-over="true"] {
        background: var(--raised);
        border-color: var(--accent);
      }
      img {
        display: block;
        max-width: 100%;
        height: 10rem;
        object-fit: contain;
        object-position: left;
        margin-bottom: 0.5rem;
      }
      .file {
        display: inline;
        color: inherit;
        font-size: 1rem;
        text-decoration: underline;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
    `],d([m()],J.prototype,"value",2),d([m()],J.prototype,"language",2),d([m({attribute:!1})],J.prototype,"pictures",2),d([m({attribute:!1})],J.prototype,"picture",2),d([k()],J.prototype,"over",2),J=d([$("qkv-source")],J);var se=class extends P{constructor(){super(...arguments);this.steps=[];this.view=null;this.words=new Map;this.copied=null}render(){return c`
      ${this.steps.length?this.renderSteps():f}
      ${this.view?this.renderCopy():f}
    `}renderSteps(){return c`<div class="what-if">
      <h2>${this.say.stepsHeading}</h2>
      <ol>${this.steps.map(e=>this.renderStep(e))}</ol>
      <p>
        <button class="plain" type="button" @click=${()=>this.ask("qkv-question",{steps:[],alternative:0})}>
          ${this.say.takeAllBack}
        </button>
      </p>
    </div>`}renderCopy(){return c`<p>
        <button class="plain" type="button" @click=${this.copy}>${this.say.copyAddress}</button>
        <span class="quiet" role="status">${this.copied===null?f:this.copied?this.say.addressCopied:this.say.addressNotCopied}</span>
      </p>`}renderStep(e){let s=this.sentence(e),n=`${this.say.takeBack}: ${s}`;return c`<li>
      <bdi>${s}</bdi>
      <button
        type="button"
        title=${this.say.takeBack}
        aria-label=${n}
        @click=${()=>this.ask("qkv-change",e)}
      >✕</button>
    </li>`}sentence(e){let{steps:s}=this.say;if(e.do==="force")return s.force(R(e.prefix));if(e.do==="hide")return s.hide(this.sourceWords(e.columns));if(e.do==="headOff")return s.headOff(e.kind,e.layer,e.head);let n=s[e.do](this.resultWords(e),this.sourceWords(e.columns));return e.layer===null&&e.head===null?n:n+this.say.inHead(e.layer,e.head)}sourceWords(e){let s=this.view?.sides[0];return this.view?.picture?e.map(n=>this.say.region(s?.tokens[n]??"?")).join(", "):s?ht(s,e):"?"}resultWords(e){let s=this.view?.sides[z],n=s&&e.rows.every(u=>u in s.tokens),i=this.words.get(ke(e))??(n?ht(s,e.rows):null),o=e.rows.map(u=>u+1).join(this.text.comma),{atWord:a,atWords:l,atToken:h,atTokens:p}=this.say;return e.rows.length===1?i===null?h(o):a(o,i):i===null?p(o):l(o,i)}async copy(){try{await navigator.clipboard.writeText(location.href),this.copied=!0}catch{this.copied=!1}}};se.styles=[w,q,y`
      .what-if {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: 0.75rem;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 0.6rem;
        margin: 0.3rem 0;
      }
      li {
        border: 1px solid var(--rule);
        background: var(--raised);
        border-radius: 3px;
        padding: 0.1rem 0.1rem 0.1rem 0.6rem;
        overflow-wrap: anywhere;
      }
      li button {
        min-width: 1.75rem;
        min-height: 1.75rem;
        color: var(--quiet);
      }
      li button:hover {
        color: var(--accent);
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
    `],d([m({attribute:!1})],se.prototype,"steps",2),d([m({attribute:!1})],se.prototype,"view",2),d([m({attribute:!1})],se.prototype,"words",2),d([k()],se.prototype,"copied",2),se=d([$("qkv-steps")],se);var xn="\u6211\u4ECA\u5929\u65E9\u4E0A\u5728\u516C\u56ED\u770B\u5230\u4E86\u4E00\u53EA\u975E\u5E38\u53EF\u7231\u7684\u5C0F\u732B",$r="\u6211\u559C\u6B22\u5496\u5561",V=[{needs:"fixed",text:xn,part:"result",map:"cross",word:null,hidden:null},{needs:"attention",text:xn,part:"view",map:"cross",word:null,hidden:null},{needs:"attention",text:$r,part:"chosen",map:"cross",word:"coffee",hidden:null},{needs:"transformer",text:$r,part:"view",map:"encoder",word:null,hidden:null},{needs:"transformer",text:$r,part:"steps",map:"cross",word:null,hidden:"\u5496\u5561"}],xo=({kind:t,architecture:r,attention:e},s)=>t==="translation"&&{fixed:e==="none",attention:r==="rnn"&&e!=="none",transformer:r==="transformer"}[s],xr=({needs:t},r)=>r.find(e=>e.source==="zh"&&e.target==="en"&&xo(e,t));function kn({word:t},r){if(t===null||r.length<2)return null;let e=r.findIndex(({text:s})=>s.includes(t));return e<0?r.length-2:e}function Sn({hidden:t},r){let e=t===null?[]:ko(r.sides[0],t);return e.length?[{do:"hide",columns:e}]:[]}function ko({tokens:t,spaces:r},e){let s="",n=t.map((a,l)=>{let h=s.length+r[l].length;return s+=r[l]+a,[h,s.length]}),i=s.indexOf(e);if(i<0)return[];let o=i+e.length;return n.flatMap(([a,l],h)=>a<o&&l>i?[h]:[])}var Ee=class extends P{constructor(){super(...arguments);this.wrong=!1}render(){return c`
      <h2>${this.say.tokenHeading}</h2>
      <p class="quiet">${this.say.tokenExplained}</p>
      ${this.wrong?c`<p role="alert">${this.say.tokenWrong}</p>`:f}
      <form @submit=${this.send}>
        <label for="token">${this.say.tokenLabel}</label>
        <input id="token" type="password" autocomplete="off">
        <button class="chip" type="submit">${this.say.tokenSend}</button>
      </form>
    `}firstUpdated(){this.input.focus()}send(e){e.preventDefault(),this.input.value!==""&&this.ask("qkv-token",this.input.value)}};Ee.styles=[w,q,y`
      :host {
        max-width: 32rem;
        padding: 1rem 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: baseline;
        margin-top: 0.5rem;
      }
    `],d([m({attribute:!1})],Ee.prototype,"wrong",2),d([j("input")],Ee.prototype,"input",2),Ee=d([$("qkv-token")],Ee);var ne=class extends P{constructor(){super(...arguments);this.stop=0;this.lacking=!1;this.side="right"}updated(e){e.has("stop")&&this.heading.focus({preventScroll:!0})}render(){let{title:e,text:s}=this.say.tour[this.stop];return c`
      <section aria-label=${this.say.tourHeading}>
        <p class="quiet">${this.say.tourStep(this.stop+1,V.length)}</p>
        <h2 tabindex="-1">${e}</h2>
        ${this.lacking?c`<p role="alert">${this.say.tourLacks(this.say.lacks[V[this.stop].needs])}</p>`:f}
        <div class=${this.lacking?"quiet":f}>${s.map(n=>c`<p>${n}</p>`)}</div>
        <p class="buttons">
          ${this.renderButton(this.say.back,this.stop-1)}
          ${this.renderButton(this.say.next,this.stop+1)}
          <button class="chip" type="button" @click=${()=>this.ask("qkv-tour",null)}>${this.say.end}</button>
        </p>
      </section>
    `}renderButton(e,s){return c`<button
      class="chip"
      type="button"
      ?disabled=${!(s in V)}
      @click=${()=>this.ask("qkv-tour",s)}
    >${e}</button>`}};ne.styles=[w,q,y`
      :host {
        position: fixed;
        z-index: 3;
        inset: auto 1rem 1rem auto;
        width: min(30rem, calc(100vw - 2rem));
        max-height: 60vh;
        overflow-y: auto;
        background: var(--paper);
        border: 2px solid var(--accent);
        border-radius: 4px;
        padding: 0.75rem 1rem;
        box-shadow: 0 4px 24px rgb(0 0 0 / 25%);
      }
      :host([side="left"]) {
        inset: auto auto 1rem 1rem;
      }
      h2 {
        font: 400 1.25rem/1.3 var(--serif);
      }
      h2:focus {
        outline: none;
      }
      p + p,
      p + div,
      div + p {
        margin-top: 0.4rem;
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
      }
      button:disabled {
        border-color: var(--rule);
      }
    `],d([m({attribute:!1})],ne.prototype,"stop",2),d([m({attribute:!1})],ne.prototype,"lacking",2),d([m({reflect:!0})],ne.prototype,"side",2),d([j("h2")],ne.prototype,"heading",2),ne=d([$("qkv-tour")],ne);var An={zh:"\u6211\u559C\u6B22\u5496\u5561",de:"Ein Mann liest ein Buch.",en:"I like coffee."},Ao=[400,404,422],Eo=({status:t})=>t===401||t===403&&vr(),_=class extends P{constructor(){super(...arguments);this.models=null;this.question=ur;this.picture=null;this.selection={panes:[],unit:"words",scale:null,...E};this.hover=E;this.now=null;this.former=null;this.words=new Map;this.stop=null;this.note="";this.failure=null;this.live=new Ot(this,()=>this.answered());this.arriving=null;this.opening=null;this.addressChanged=()=>{this.opening=location.hash;let{text:e,model:s}=this.question;this.question=fr(location.hash),(e!==this.question.text||s!==this.question.model)&&(this.words=new Map),this.live.ask(this.asked,this.image,0)};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(E)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.question=fr(location.hash),this.opening=location.hash,this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}get model(){let e=this.models??[];return e.find(({name:s})=>s===this.question.model)??e[0]??null}get asked(){return{...this.question,model:this.question.model??this.model?.name??null}}get captioning(){return this.model?.kind==="captioning"}get image(){return this.captioning?this.picture?.sent??"":null}async open(){try{this.models=await gn(new AbortController().signal),this.failure=null}catch(n){this.failure=n instanceof N?n:new N(0,String(n));return}let{source:e}=this.model??{};location.hash.length<2&&(this.question={...ur,text:An[e??"en"]??An.en});let s=new URLSearchParams(location.hash.slice(1)).get("tour");s===null?this.live.ask(this.asked,this.image,0):this.goTo(Number(s)-1)}put(e,{pause:s=0,replace:n=!1}={}){this.question={...this.question,...e},this.opening=null;let{address:i}=this;n?history.replaceState(null,"",i):i!==location.hash&&history.pushState(null,"",i),this.live.ask(this.asked,this.image,s)}get address(){let{selection:e,now:s}=this;if(!s||e.panes.length===0)return`#${mr(this.question)}`;let[n,i]=[e,Yt("",[s])].map(es);return`#${mr(this.question,n.join()===i.join()?[]:n)}`}keepAddress(){this.opening===null&&this.address!==location.hash&&history.replaceState(null,"",this.address)}questioned({text:e,model:s,...n}){if(this.note="",e===void 0&&s===void 0){this.put(n);return}let i={steps:[],alternative:0,...n};this.question.steps.length>0&&(this.note=this.say.textIsNew),this.selection={...this.selection,...E},this.words=new Map,e!==void 0&&this.put({...i,text:e},{pause:void 0,replace:!0}),s!==void 0&&this.put({...i,model:s})}change(e){this.note="",this.now&&"rows"in e&&!this.words.has(ke(e))&&(this.words=new Map(this.words).set(ke(e),ht(this.now.sides[z],e.rows))),this.put({steps:Qs(this.question.steps,e),alternative:0})}answered(){let{before:e,after:s}=this.live.answer,n=a=>a?{...a,alternatives:[]}:null,i=this.now;if(this.now=n((s??e)?.view),this.former=s?n(e?.view):null,!this.now)return;this.opening!==null?this.selection=Yt(this.opening,[this.now]):i&&this.followWords(i,this.now),this.fitSelection(this.now);let o=this.opening!==null&&location.hash.length<2;this.opening=null,this.arriving&&this.arrive(this.arriving,this.now),o||this.keepAddress()}followWords(e,s){let{row:n,column:i,panes:o}=this.selection,a=e.maps[o[0]?.map],l=a?.layers[o[0].layer],h=!l||be(l)?this.selection.unit:"tokens",p=(g,v)=>{if(g===null||(v??z)!==z)return g;let[b,C]=[e,s].map(({sides:M})=>I(M[z],h));return dn(b,C,g)},u={row:p(n,a?.rows),column:p(i,a?.columns)};this.selection={...this.selection,...u}}fitSelection(e){let[s]=this.selection.panes,n=s&&e.maps[s.map]?.layers[s.layer],o=n&&(s.head===null||s.head<n.heads.length)?s:Oe(0,e);this.selection={...this.selection,panes:[o,o]}}select(e){let[s,n]=e.panes??this.selection.panes,i=s===this.selection.panes[0]?n:s;this.selection={...this.selection,...e,panes:i?[i,i]:[]},this.keepAddress()}async takePicture(e){if(this.note="",e.type.startsWith("image/")?e.size>8388608&&(this.note=this.say.pictureTooLarge(e.name)):this.note=this.say.notAPicture(e.name),this.note)return;let s=this.picture===null?this.question.steps:[];this.picture=await $n(e),this.put({steps:s,alternative:0})}goTo(e){if(this.stop=e!==null&&e in V?e:null,this.arriving=null,this.note="",this.stop===null)return;let s=V[this.stop],n=xr(s,this.models??[]);n&&(this.arriving=s,this.words=new Map,this.selection={...this.selection,...E},this.put({model:n.name,text:s.text,steps:[],alternative:0}))}arrive(e,s){this.arriving=null;let n=s.maps.findIndex(({kind:o})=>o===e.map);if(n>=0){let o=Oe(0,s,n),a=I(s.sides[s.maps[n].rows],this.selection.unit),l=kn(e,a);this.selection={...this.selection,panes:[o,o],row:l,column:null}}let i=Sn(e,s);i.length>0&&this.put({steps:i}),this.updateComplete.then(()=>this.renderRoot.querySelector(`#${e.part}`)?.scrollIntoView({block:"nearest"}))}hovered({detail:e}){this.hover=e}giveToken(e){mn(e),this.failure=null,this.open()}updated(e){super.updated(e),document.title=this.say.documentTitle}render(){let e=this.failure??this.live.failure,s=e!==null&&Eo(e);return c`
      ${this.renderHeader()}
      <main
        @qkv-question=${({detail:n})=>this.questioned(n)}
        @qkv-change=${({detail:n})=>this.change(n)}
        @qkv-picture=${({detail:n})=>this.takePicture(n)}
        @qkv-select=${({detail:n})=>this.select(n)}
        @qkv-hover=${this.hovered}
        @qkv-token=${({detail:n})=>this.giveToken(n)}
      >
        ${s?c`<qkv-token .wrong=${vr()}></qkv-token>`:[this.renderAsk(),e?this.renderFailure(e):f,this.renderLook()]}
      </main>
      ${this.stop===null?f:c`<qkv-tour
            .stop=${this.stop}
            .side=${V[this.stop].part==="chosen"?"left":"right"}
            .lacking=${this.lacking(V[this.stop])}
            @qkv-tour=${({detail:n})=>this.goTo(n)}
          ></qkv-tour>`}
    `}renderHeader(){let e=document.documentElement.dataset.size==="large";return c`
      <header>
        <h1>qkv <span class="quiet">${this.say.subtitle}</span></h1>
        ${this.models?this.renderModels(this.models):f}
        <div class="switches">
          <button class="plain" type="button" @click=${()=>this.goTo(0)}>${this.say.takeTour}</button>
          <button class="plain" type="button" aria-pressed=${e} @click=${this.switchType}>
            ${this.say.largeType}
          </button>
          <qkv-preferences-switch></qkv-preferences-switch>
        </div>
      </header>
    `}switchType(){let{dataset:e}=document.documentElement;e.size==="large"?delete e.size:e.size="large",A.dispatchEvent(new Event("change"))}renderModels(e){let{model:s}=this;return c`
      <label class="model">${this.say.model}
        <select
          @change=${({target:n})=>this.questioned({model:n.value})}
        >
          ${e.map(n=>c`<option value=${n.name} .selected=${n===s}>${this.modelName(n)}</option>`)}
        </select>
      </label>
    `}modelName({name:e,kind:s,source:n,target:i,architecture:o,attention:a}){let l=s==="captioning"?this.say.captions:n&&i?`${n} \u2192 ${i}`:"",h=a==="none"?this.say.withoutAttention:this.say.withAttention(a),p=this.say.architectures[o]??o;return[e,l,o==="rnn"?p+this.text.comma+h:p].filter(g=>g!=="").join(" \xB7 ")}renderAsk(){let{before:e,after:s}=this.live.answer,{question:n}=this;return c`
      <section class="ask">
        <qkv-source
          .value=${n.text}
          .language=${this.model?.source??null}
          .pictures=${this.captioning}
          .picture=${this.picture?.shown??null}
        ></qkv-source>
        <qkv-result
          id="result"
          class=${this.pointedAt("result")}
          .former=${e?.view??null}
          .changedTo=${s?.view??null}
          .captioning=${this.captioning}
          .working=${this.live.working}
          .unit=${this.selection.unit}
          .alternative=${n.alternative}
          .row=${this.rowOfResult}
        ></qkv-result>
      </section>
      ${this.note?c`<p class="note" role="status">${this.note}</p>`:f}
      ${this.renderOddities()}
      ${this.captioning&&!this.picture&&n.steps.length>0?c`<p class="note">${this.say.sharedWithoutPicture}</p>`:f}
      <qkv-steps
        id="steps"
        class=${this.pointedAt("steps")}
        .steps=${n.steps}
        .view=${e?.view??this.now}
        .words=${this.words}
      ></qkv-steps>
    `}renderOddities(){let{warnings:e,unknown_share:s=0,repetition:n=0}=this.result??{};if(!e)return f;let i=this.say.odd(H(s),H(n));return c`<p class="note" role="status">${i}</p>`}get result(){let{before:e,after:s}=this.live.answer;return(s??e)?.result??null}get rowOfResult(){let e=this.now?.maps[this.selection.panes[0]?.map??0];return!e||e.rows===1?this.selection.row:null}pointedAt(e){return this.stop!==null&&!this.lacking(V[this.stop])&&V[this.stop].part===e?"pointed":f}lacking(e){return!xr(e,this.models??[])}renderFailure({status:e,sentence:s}){let n=s!==""&&Ao.includes(e),i=this.say.failures[e]??this.say.failure(e);return c`<p class="failure" role="alert">
      ${n?this.say.serversWords(s):i}
      <button class="plain" type="button" @click=${this.tryAgain}>${this.say.tryAgain}</button>
    </p>`}tryAgain(){this.models?this.live.ask(this.asked,this.image,0):this.open()}renderLook(){let{now:e}=this;if(!e)return f;let s=this.former;return c`
      <div class="look">
        <div id="view" class="panes ${this.pointedAt("view")===f?"":"pointed"}" data-count=${s?2:1}>
          ${s?this.renderView(s,1,this.say.before):f}
          ${this.renderView(e,0,s?this.say.after:"")}
        </div>
        <aside>
          <qkv-chosen
            id="chosen"
            class=${this.pointedAt("chosen")}
            .question=${this.asked}
            .image=${this.image}
            .model=${this.model}
            .view=${e}
            .result=${this.result}
            .selection=${this.selection}
          ></qkv-chosen>
          <qkv-heads-off
            ?hidden=${!this.model?.changes.includes("heads_off")}
            .layers=${this.model?.layers??null}
            .steps=${this.question.steps}
          ></qkv-heads-off>
        </aside>
      </div>
    `}renderView(e,s,n){return c`<section aria-label=${n||f}>
      ${n?c`<h2>${n}</h2>`:f}
      <qkv-view .view=${e} .place=${s} .selection=${this.selection} .hover=${this.hover}></qkv-view>
    </section>`}};_.styles=[w,q,y`
      :host {
        max-width: 110rem;
        margin: 0 auto;
        padding: 0.75rem clamp(0.75rem, 3vw, 2.5rem) 6rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 2rem;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.5rem/1.3 var(--serif);
      }
      .model {
        max-width: 100%;
      }
      .model select {
        color: var(--ink);
        font-size: 1rem;
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        align-items: baseline;
        margin-inline-start: auto;
        font-size: 0.875rem;
      }
      .switches > button[aria-pressed="true"] {
        text-decoration: none;
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
      main {
        container-type: inline-size;
      }
      .ask {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem 2.5rem;
        padding: 1rem 0 0.75rem;
      }
      .look {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem 2.5rem;
        margin-top: 0.75rem;
        border-top: 1px solid var(--rule);
      }
      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0 2.5rem;
        min-width: 0;
      }
      .panes h2 {
        margin-top: 0.75rem;
      }
      aside {
        padding-top: 0.75rem;
        min-width: 0;
        order: -1;
      }
      qkv-heads-off {
        margin-top: 1rem;
        border-top: 1px solid var(--rule);
        padding-top: 0.75rem;
      }
      @container (min-width: 60rem) {
        .ask {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .look {
          grid-template-columns: minmax(0, 1fr) minmax(20rem, 28rem);
        }
        aside {
          order: 0;
          position: sticky;
          top: 0;
          align-self: start;
          max-height: 100vh;
          overflow-y: auto;
          padding-bottom: 1rem;
        }
      }
      @container (min-width: 70rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      .note,
      .failure {
        padding: 0.4rem 0.75rem;
        background: var(--raised);
        border-inline-start: 3px solid var(--quiet);
        margin: 0.25rem 0;
        overflow-wrap: anywhere;
      }
      .failure {
        border-color: var(--accent);
      }
      #chosen.pointed {
        outline-offset: -2px !important;
        padding: 0.5rem;
      }
      .pointed {
        outline: 2px solid var(--accent);
        outline-offset: 6px;
        border-radius: 2px;
      }
    `],d([k()],_.prototype,"models",2),d([k()],_.prototype,"question",2),d([k()],_.prototype,"picture",2),d([k()],_.prototype,"selection",2),d([k()],_.prototype,"hover",2),d([k()],_.prototype,"now",2),d([k()],_.prototype,"former",2),d([k()],_.prototype,"words",2),d([k()],_.prototype,"stop",2),d([k()],_.prototype,"note",2),d([k()],_.prototype,"failure",2),_=d([$("qkv-page")],_);Ur(document);document.adoptedStyleSheets.push(rn.styleSheet);})();
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
@lit/reactive-element/decorators/custom-element.js:
@lit/reactive-element/decorators/property.js:
@lit/reactive-element/decorators/state.js:
@lit/reactive-element/decorators/event-options.js:
@lit/reactive-element/decorators/base.js:
@lit/reactive-element/decorators/query.js:
@lit/reactive-element/decorators/query-all.js:
@lit/reactive-element/decorators/query-async.js:
@lit/reactive-element/decorators/query-assigned-nodes.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/decorators/query-assigned-elements.js:
  (**
   * @license
   * Copyright 2021 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
