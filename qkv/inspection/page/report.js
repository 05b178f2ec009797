"use strict";(()=>{var us=Object.defineProperty;var ds=Object.getOwnPropertyDescriptor;var p=(r,t,e,s)=>{for(var n=s>1?void 0:s?ds(t,e):t,i=r.length-1,o;i>=0;i--)(o=r[i])&&(n=(s?o(t,e,n):o(n))||n);return s&&n&&us(t,e,n),n};var We=globalThis,ze=We.ShadowRoot&&(We.ShadyCSS===void 0||We.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ht=Symbol(),Gt=new WeakMap,Ae=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==ht)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(ze&&t===void 0){let s=e!==void 0&&e.length===1;s&&(t=Gt.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&Gt.set(e,t))}return t}toString(){return this.cssText}},Wt=r=>new Ae(typeof r=="string"?r:r+"",void 0,ht),w=(r,...t)=>{let e=r.length===1?r[0]:t.reduce((s,n,i)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+r[i+1],r[0]);return new Ae(e,r,ht)},zt=(r,t)=>{if(ze)r.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let s=document.createElement("style"),n=We.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=e.cssText,r.appendChild(s)}},pt=ze?r=>r:r=>r instanceof CSSStyleSheet?(t=>{let e="";for(let s of t.cssRules)e+=s.cssText;return Wt(e)})(r):r;var{is:ms,defineProperty:fs,getOwnPropertyDescriptor:gs,getOwnPropertyNames:vs,getOwnPropertySymbols:ys,getPrototypeOf:ws}=Object,je=globalThis,jt=je.trustedTypes,bs=jt?jt.emptyScript:"",$s=je.reactiveElementPolyfillSupport,Ee=(r,t)=>r,Me={toAttribute(r,t){switch(t){case Boolean:r=r?bs:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,t){let e=r;switch(t){case Boolean:e=r!==null;break;case Number:e=r===null?null:Number(r);break;case Object:case Array:try{e=JSON.parse(r)}catch{e=null}}return e}},Ve=(r,t)=>!ms(r,t),Vt={attribute:!0,type:String,converter:Me,reflect:!1,useDefault:!1,hasChanged:Ve};Symbol.metadata??=Symbol("metadata"),je.litPropertyMetadata??=new WeakMap;var H=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Vt){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(t,s,e);n!==void 0&&fs(this.prototype,t,n)}}static getPropertyDescriptor(t,e,s){let{get:n,set:i}=gs(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);i?.call(this,o),this.requestUpdate(t,a,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Vt}static _$Ei(){if(this.hasOwnProperty(Ee("elementProperties")))return;let t=ws(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Ee("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Ee("properties"))){let e=this.properties,s=[...vs(e),...ys(e)];for(let n of s)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[s,n]of e)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let n=this._$Eu(e,s);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let s=new Set(t.flat(1/0).reverse());for(let n of s)e.unshift(pt(n))}else t!==void 0&&e.push(pt(t));return e}static _$Eu(t,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return zt(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){let s=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,s);if(n!==void 0&&s.reflect===!0){let i=(s.converter?.toAttribute!==void 0?s.converter:Me).toAttribute(e,s.type);this._$Em=t,i==null?this.removeAttribute(n):this.setAttribute(n,i),this._$Em=null}}_$AK(t,e){let s=this.constructor,n=s._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let i=s.getPropertyOptions(n),o=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:Me;this._$Em=n;let a=o.fromAttribute(e,i.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,s,n=!1,i){if(t!==void 0){let o=this.constructor;if(n===!1&&(i=this[t]),s??=o.getPropertyOptions(t),!((s.hasChanged??Ve)(i,e)||s.useDefault&&s.reflect&&i===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:n,wrapped:i},o){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),i!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,i]of this._$Ep)this[n]=i;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,i]of s){let{wrapped:o}=i,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,i,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};H.elementStyles=[],H.shadowRootOptions={mode:"open"},H[Ee("elementProperties")]=new Map,H[Ee("finalized")]=new Map,$s?.({ReactiveElement:H}),(je.reactiveElementVersions??=[]).push("2.1.2");var yt=globalThis,Kt=r=>r,Ke=yt.trustedTypes,Jt=Ke?Ke.createPolicy("lit-html",{createHTML:r=>r}):void 0,tr="$lit$",W=`lit$${Math.random().toFixed(9).slice(2)}$`,rr="?"+W,xs=`<${rr}>`,ee=document,Pe=()=>ee.createComment(""),_e=r=>r===null||typeof r!="object"&&typeof r!="function",wt=Array.isArray,Ss=r=>wt(r)||typeof r?.[Symbol.iterator]=="function",ut=`[ 	
\f\r]`,Ce=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Zt=/-->/g,Yt=/>/g,Q=RegExp(`>|${ut}(?:([^\\s"'>=/]+)(${ut}*=${ut}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Qt=/'/g,Xt=/"/g,sr=/^(?:script|style|textarea|title)$/i,bt=r=>(t,...e)=>({_$litType$:r,strings:t,values:e}),d=bt(1),qe=bt(2),ei=bt(3),te=Symbol.for("lit-noChange"),y=Symbol.for("lit-nothing"),er=new WeakMap,X=ee.createTreeWalker(ee,129);function nr(r,t){if(!wt(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Jt!==void 0?Jt.createHTML(t):t}var ks=(r,t)=>{let e=r.length-1,s=[],n,i=t===2?"<svg>":t===3?"<math>":"",o=Ce;for(let a=0;a<e;a++){let l=r[a],c,h,u=-1,f=0;for(;f<l.length&&(o.lastIndex=f,h=o.exec(l),h!==null);)f=o.lastIndex,o===Ce?h[1]==="!--"?o=Zt:h[1]!==void 0?o=Yt:h[2]!==void 0?(sr.test(h[2])&&(n=RegExp("</"+h[2],"g")),o=Q):h[3]!==void 0&&(o=Q):o===Q?h[0]===">"?(o=n??Ce,u=-1):h[1]===void 0?u=-2:(u=o.lastIndex-h[2].length,c=h[1],o=h[3]===void 0?Q:h[3]==='"'?Xt:Qt):o===Xt||o===Qt?o=Q:o===Zt||o===Yt?o=Ce:(o=Q,n=void 0);let g=o===Q&&r[a+1].startsWith("/>")?" ":"";i+=o===Ce?l+xs:u>=0?(s.push(c),l.slice(0,u)+tr+l.slice(u)+W+g):l+W+(u===-2?a:g)}return[nr(r,i+(r[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]},Re=class r{constructor({strings:t,_$litType$:e},s){let n;this.parts=[];let i=0,o=0,a=t.length-1,l=this.parts,[c,h]=ks(t,e);if(this.el=r.createElement(c,s),X.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=X.nextNode())!==null&&l.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(tr)){let f=h[o++],g=n.getAttribute(u).split(W),v=/([.?@])?(.*)/.exec(f);l.push({type:1,index:i,name:v[2],strings:g,ctor:v[1]==="."?mt:v[1]==="?"?ft:v[1]==="@"?gt:ce}),n.removeAttribute(u)}else u.startsWith(W)&&(l.push({type:6,index:i}),n.removeAttribute(u));if(sr.test(n.tagName)){let u=n.textContent.split(W),f=u.length-1;if(f>0){n.textContent=Ke?Ke.emptyScript:"";for(let g=0;g<f;g++)n.append(u[g],Pe()),X.nextNode(),l.push({type:2,index:++i});n.append(u[f],Pe())}}}else if(n.nodeType===8)if(n.data===rr)l.push({type:2,index:i});else{let u=-1;for(;(u=n.data.indexOf(W,u+1))!==-1;)l.push({type:7,index:i}),u+=W.length-1}i++}}static createElement(t,e){let s=ee.createElement("template");return s.innerHTML=t,s}};function le(r,t,e=r,s){if(t===te)return t;let n=s!==void 0?e._$Co?.[s]:e._$Cl,i=_e(t)?void 0:t._$litDirective$;return n?.constructor!==i&&(n?._$AO?.(!1),i===void 0?n=void 0:(n=new i(r),n._$AT(r,e,s)),s!==void 0?(e._$Co??=[])[s]=n:e._$Cl=n),n!==void 0&&(t=le(r,n._$AS(r,t.values),n,s)),t}var dt=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:s}=this._$AD,n=(t?.creationScope??ee).importNode(e,!0);X.currentNode=n;let i=X.nextNode(),o=0,a=0,l=s[0];for(;l!==void 0;){if(o===l.index){let c;l.type===2?c=new Le(i,i.nextSibling,this,t):l.type===1?c=new l.ctor(i,l.name,l.strings,this,t):l.type===6&&(c=new vt(i,this,t)),this._$AV.push(c),l=s[++a]}o!==l?.index&&(i=X.nextNode(),o++)}return X.currentNode=ee,n}p(t){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}},Le=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,n){this.type=2,this._$AH=y,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=le(this,t,e),_e(t)?t===y||t==null||t===""?(this._$AH!==y&&this._$AR(),this._$AH=y):t!==this._$AH&&t!==te&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Ss(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==y&&_e(this._$AH)?this._$AA.nextSibling.data=t:this.T(ee.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:s}=t,n=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=Re.createElement(nr(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(e);else{let i=new dt(n,this),o=i.u(this.options);i.p(e),this.T(o),this._$AH=i}}_$AC(t){let e=er.get(t.strings);return e===void 0&&er.set(t.strings,e=new Re(t)),e}k(t){wt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,n=0;for(let i of t)n===e.length?e.push(s=new r(this.O(Pe()),this.O(Pe()),this,this.options)):s=e[n],s._$AI(i),n++;n<e.length&&(this._$AR(s&&s._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let s=Kt(t).nextSibling;Kt(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},ce=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,n,i){this.type=1,this._$AH=y,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=i,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=y}_$AI(t,e=this,s,n){let i=this.strings,o=!1;if(i===void 0)t=le(this,t,e,0),o=!_e(t)||t!==this._$AH&&t!==te,o&&(this._$AH=t);else{let a=t,l,c;for(t=i[0],l=0;l<i.length-1;l++)c=le(this,a[s+l],e,l),c===te&&(c=this._$AH[l]),o||=!_e(c)||c!==this._$AH[l],c===y?t=y:t!==y&&(t+=(c??"")+i[l+1]),this._$AH[l]=c}o&&!n&&this.j(t)}j(t){t===y?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},mt=class extends ce{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===y?void 0:t}},ft=class extends ce{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==y)}},gt=class extends ce{constructor(t,e,s,n,i){super(t,e,s,n,i),this.type=5}_$AI(t,e=this){if((t=le(this,t,e,0)??y)===te)return;let s=this._$AH,n=t===y&&s!==y||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,i=t!==y&&(s===y||n);n&&this.element.removeEventListener(this.name,this,s),i&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},vt=class{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){le(this,t)}};var As=yt.litHtmlPolyfillSupport;As?.(Re,Le),(yt.litHtmlVersions??=[]).push("3.3.3");var ir=(r,t,e)=>{let s=e?.renderBefore??t,n=s._$litPart$;if(n===void 0){let i=e?.renderBefore??null;s._$litPart$=n=new Le(t.insertBefore(Pe(),i),i,void 0,e??{})}return n._$AI(r),n};var $t=globalThis,z=class extends H{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=ir(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return te}};z._$litElement$=!0,z.finalized=!0,$t.litElementHydrateSupport?.({LitElement:z});var Es=$t.litElementPolyfillSupport;Es?.({LitElement:z});($t.litElementVersions??=[]).push("4.2.2");var Ms=w`
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
`,$=w`
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
`;function or(r){r.adoptedStyleSheets=[...r.adoptedStyleSheets,Ms.styleSheet]}var x=r=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(r,t)}):customElements.define(r,t)};var Cs={attribute:!0,type:String,converter:Me,reflect:!1,hasChanged:Ve},Ps=(r=Cs,t,e)=>{let{kind:s,metadata:n}=e,i=globalThis.litPropertyMetadata.get(n);if(i===void 0&&globalThis.litPropertyMetadata.set(n,i=new Map),s==="setter"&&((r=Object.create(r)).wrapped=!0),i.set(e.name,r),s==="accessor"){let{name:o}=e;return{set(a){let l=t.get.call(this);t.set.call(this,a),this.requestUpdate(o,l,r,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,r,a),a}}}if(s==="setter"){let{name:o}=e;return function(a){let l=this[o];t.call(this,a),this.requestUpdate(o,l,r,!0,a)}}throw Error("Unsupported decorator location: "+s)};function m(r){return(t,e)=>typeof e=="object"?Ps(r,t,e):((s,n,i)=>{let o=n.hasOwnProperty(i);return n.constructor.createProperty(i,s),o?Object.getOwnPropertyDescriptor(n,i):void 0})(r,t,e)}function F(r){return m({...r,state:!0,attribute:!1})}var re=(r,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(r,t,e),e);function Je(r,t){return(e,s,n)=>{let i=o=>o.renderRoot?.querySelector(r)??null;if(t){let{get:o,set:a}=typeof s=="object"?e:n??(()=>{let l=Symbol();return{get(){return this[l]},set(c){this[l]=c}}})();return re(e,s,{get(){let l=o.call(this);return l===void 0&&(l=i(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return re(e,s,{get(){return i(this)}})}}var ar=(r,t)=>`${r} ${t}${r===1?"":"s"}`,lr={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",itself:"the same text, for another layer or head",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:r=>`The data of this page can't be read: ${r}`,modelParts:r=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[r.architecture]??r.architecture,r.encoder_layers===null?ar(r.decoder_layers,"layer"):`${r.encoder_layers} + ${r.decoder_layers} layers`,r.heads===null?"":ar(r.heads,"head"),`width ${r.width}`,r.attention===null?"":r.attention==="none"?"no attention":`${r.attention} score`,r.vision===null?"":`sees with ${r.vision}`].filter(Boolean).join(", "),showing:"Showing ",comma:", ",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:r=>`layer ${r}`,head:"Head",headNumber:r=>`head ${r}`,meanOfHeads:r=>`the mean of ${r} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:r=>`Computed by the kernel ${r}.`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:r=>`\u201C${r}\u201D looked at`,lookedAtBy:r=>`\u201C${r}\u201D was looked at by`,cell:(r,t)=>`\u201C${r}\u201D looked at \u201C${t}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(r,t)=>`${r} others ${t}`,entropy:(r,t)=>`Entropy ${r} nats, as spread as ${t} equal weights.`,received:r=>`Received ${r} in all.`,probability:r=>`Probability ${r}.`,exact:r=>`Weights are shown to within ${r}.`,bound:(r,t)=>`Weights are pooled: a number is the largest of ${r} \xD7 ${t} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"looking",lookedAtSide:"looked at",sideRole:(r,t)=>r?`${r}, ${t}`:t,sides:{source:"Source",target:"Target",read:"What the decoder had read",regions:"Regions",queries:"Queries",keys:"Keys",tokens:"Tokens"},mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",gap:" ",mapKeys:"Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and \u2212, 0 for the whole map, Escape to let go.",mapName:(r,t)=>`Heat map of ${r} rows and ${t} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",linksPart:(r,t,e)=>`${r} to ${t} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",headName:(r,t)=>`${r}, ${t}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureWordsExplained:"Where each word of the caption looked.",pictureName:r=>`Where \u201C${r}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",confidenceHeading:"Where the model was least sure",confidenceExplained:"Probability of each word given those before it, the lowest first.",goldLegend:"Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model\u2019s own.",aer:r=>`Alignment error rate ${r}.`,notesHeading:"Where weight collects",notesExplained:"Heads that rest on a few places whatever the word. Such weight says little about meaning.",headIn:(r,t,e)=>`${r}, ${t}, ${e}`,sink:(r,t)=>`${r} of its weight on ${t}`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},computing:"Reading \u2026"};var _s=new Map([["dot","\u70B9\u79EF"],["general","\u53CC\u7EBF\u6027"],["additive","\u52A0\u6027"]]),Rs=r=>_s.get(r)??`${r} `,cr={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",itself:"\u540C\u4E00\u6587\u672C\uFF0C\u7528\u4E8E\u5BF9\u6BD4\u5176\u4ED6\u5C42\u6216\u5934",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:r=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${r}`,modelParts:r=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[r.architecture]??r.architecture,r.encoder_layers===null?`${r.decoder_layers} \u5C42`:`\u7F16\u7801\u5668 ${r.encoder_layers} \u5C42\u3001\u89E3\u7801\u5668 ${r.decoder_layers} \u5C42`,r.heads===null?"":`${r.heads} \u4E2A\u5934`,`\u5BBD\u5EA6 ${r.width}`,r.attention===null?"":r.attention==="none"?"\u65E0\u6CE8\u610F\u529B":`${Rs(r.attention)}\u6CE8\u610F\u529B`,r.vision===null?"":`\u56FE\u50CF\u7F16\u7801\u5668 ${r.vision}`].filter(Boolean).join("\uFF0C"),showing:"\u5F53\u524D\u663E\u793A",comma:"\uFF0C",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:r=>`\u7B2C ${r} \u5C42`,head:"\u5934",headNumber:r=>`\u7B2C ${r} \u4E2A\u5934`,meanOfHeads:r=>`${r} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309\u8BCD\u5143",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:r=>`\u7531\u5185\u6838 ${r} \u8BA1\u7B97\u3002`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:r=>`\u201C${r}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:r=>`\u5173\u6CE8\u201C${r}\u201D\u7684\u6709`,cell:(r,t)=>`\u201C${r}\u201D\u5BF9\u201C${t}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(r,t)=>`\u5176\u4F59 ${r} \u4E2A\u5408\u8BA1 ${t}`,entropy:(r,t)=>`\u71B5 ${r} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E\u628A\u6743\u91CD\u5E73\u5747\u5206\u7ED9 ${t} \u4E2A\u4F4D\u7F6E\u3002`,received:r=>`\u5F97\u5230\u7684\u6743\u91CD\u5408\u8BA1 ${r}\u3002`,probability:r=>`\u6982\u7387 ${r}\u3002`,exact:r=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${r}\u3002`,bound:(r,t)=>`\u6743\u91CD\u5DF2\u505A\u6700\u5927\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${r} \xD7 ${t} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u9010\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u7ED9\u5B83\u7684\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u663E\u793A\u4E24\u6B21\uFF1A\u4E0A\u65B9\u662F\u88AB\u5173\u6CE8\u7684\u4E00\u4FA7\uFF0C\u4E0B\u65B9\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u4E00\u4FA7\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",sideRole:(r,t)=>r?`${r}\uFF08${t}\uFF09`:t,sides:{source:"\u539F\u6587",target:"\u8BD1\u6587",read:"\u89E3\u7801\u5668\u5DF2\u8BFB\u5165",regions:"\u533A\u57DF",queries:"\u67E5\u8BE2",keys:"\u952E",tokens:"\u8BCD\u5143\u5E8F\u5217"},mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u5F97\u5230\u7684\u6743\u91CD\u5408\u8BA1\u3002",gap:"",mapKeys:"\u70B9\u51FB\u53EF\u9501\u5B9A\u4E00\u683C\u3002\u53CC\u6307\u6216\u6309\u4F4F Ctrl \u6EDA\u52A8\u53EF\u7F29\u653E\uFF0C\u62D6\u52A8\u53EF\u5E73\u79FB\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C+ \u548C \u2212 \u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0CEsc \u89E3\u9664\u9501\u5B9A\u3002",mapName:(r,t)=>`${r} \u884C ${t} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u5408\u8BA1",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u7C97\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u592A\u5C0F\u7684\u6743\u91CD\u4E0D\u753B\u3002",linksPart:(r,t,e)=>`\u7B2C ${r} \u81F3 ${t} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",headName:(r,t)=>`${r}\uFF0C${t}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureWordsExplained:"\u63CF\u8FF0\u4E2D\u7684\u6BCF\u4E2A\u8BCD\u5206\u522B\u5173\u6CE8\u4E86\u54EA\u91CC\u3002",pictureName:r=>`\u201C${r}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u5F97\u5230\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002\u5E26\u4E0B\u5212\u7EBF\u7684\u662F\u4E0E\u6700\u4F73\u5019\u9009\u4E0D\u540C\u7684\u90E8\u5206\u3002",confidenceHeading:"\u6A21\u578B\u6700\u6CA1\u628A\u63E1\u7684\u5730\u65B9",confidenceExplained:"\u6BCF\u4E2A\u8BCD\u5728\u5176\u524D\u6587\u6761\u4EF6\u4E0B\u7684\u6982\u7387\uFF0C\u4ECE\u4F4E\u5230\u9AD8\u6392\u5217\u3002",goldLegend:"\u65B9\u6846\u662F\u4EBA\u5DE5\u6807\u6CE8\u7684\u5BF9\u9F50\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\u3001\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\uFF1B\u5706\u70B9\u662F\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:r=>`\u5BF9\u9F50\u9519\u8BEF\u7387\uFF08AER\uFF09${r}\u3002`,notesHeading:"\u6743\u91CD\u96C6\u4E2D\u7684\u4F4D\u7F6E",notesExplained:"\u8FD9\u4E9B\u5934\u65E0\u8BBA\u5904\u7406\u54EA\u4E2A\u8BCD\uFF0C\u6743\u91CD\u90FD\u96C6\u4E2D\u5728\u5C11\u6570\u4F4D\u7F6E\u4E0A\uFF0C\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002",headIn:(r,t,e)=>`${r}\uFF0C${t}\uFF0C${e}`,sink:(r,t)=>`${r} \u7684\u6743\u91CD\u843D\u5728${t}\u4E0A`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A\u8BCD\u5143",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var he={en:lr,zh:cr};function hr(r){try{return localStorage.getItem(`qkv.${r}`)}catch{return null}}function pr(r,t){try{localStorage.setItem(`qkv.${r}`,t)}catch{return}}function Ls(){return navigator.languages.map(t=>t.slice(0,2).toLowerCase()).find(t=>t in he)??"en"}var xt=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=hr("theme");this.chosenLanguage=hr("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in he?e:Ls()}get text(){return he[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,s){e!==this.language&&(this.chosenLanguage=e,pr("language",e)),s!==this.screenTheme&&(this.chosenTheme=s,pr("theme",s)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},E=new xt;var b=class extends z{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return E.text}connectedCallback(){super.connectedCallback(),E.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){E.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,s){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:s}))}};var Oe=class extends b{render(){let{language:t,screenTheme:e}=E,s=Object.keys(he);return d`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${s.map(n=>ur(he[n].language,n===t,()=>E.choose(n,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(n=>ur(this.text[n],n===e,()=>E.choose(t,n)))}
      </div>
    `}};Oe.styles=[$,w`
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
    `],Oe=p([x("qkv-preferences-switch")],Oe);var ur=(r,t,e)=>d`<button type="button" aria-pressed=${t} @click=${e}>${r}</button>`;function dr(r,t){let{map:e,unit:s,querySide:n,keySide:i}=t;if(!r||e.kind!=="cross")return[];let o=(c,h)=>s==="words"?[h,h+1]:c[h],a=c=>([h,u])=>({kind:c,rows:o(n.words,u),columns:o(i.words,h)}),l=new Set(r.sure.map(String));return[...r.possible.filter(c=>!l.has(String(c))).map(a("possible")),...r.sure.map(a("sure")),...r.links.map(a("link"))].filter(({rows:c,columns:h})=>c&&h)}function Te(r){return r===0?"0":r<.001?St(r,2):r.toFixed(3)}function mr(r,t){if(r===0)return"0";let e=t?Math.max(2,Math.ceil(Math.log10(r/t))):2;return St(r,Math.min(6,e))}function fr(r){return St(r,1)}function pe(r){return r>0&&r<5e-4?"< 0.1%":`${r>0&&r<.00995?(r*100).toFixed(1):Math.round(r*100)}%`}function St(r,t){return r>=1e-6?Number(r.toPrecision(t)).toFixed(qs(r,t)):r.toExponential(t-1)}var qs=(r,t)=>Math.max(0,t-1-Math.floor(Math.log10(r)));function ue(r,t,e){let s=128<<t;return[r*s,Math.min(e,(r+1)*s)]}var Ne=(r,t)=>Math.ceil(r/2**t);var Os=256,D=class{constructor(t,e,s){this.shape=t;this.blocks=e;this.precision=s;let[n,i]=t,o=t.map(a=>Math.max(1,Math.ceil(a/Os)));this.overview={...gr(e,[0,n],[0,i],o),by:o},this.entropy=new Float32Array(n),this.received=new Float32Array(i),kt(e,(a,l,c)=>{c>0&&(this.entropy[a]-=c*Math.log(c)),this.received[l]+=c})}async tile({level:t,tile:e}){let s=ue(e[0],t[0],this.shape[0]),n=ue(e[1],t[1],this.shape[1]);return gr(this.blocks,s,n,[2**t[0],2**t[1]])}row(t){let e=new Float32Array(this.shape[1]);for(let s of this.blocks){let n=t-s.row;if(!(n<0||n>=s.rows))for(let i=0;i<s.columns;i++)e[s.column+i]+=s.values[n*s.columns+i]}return e}column(t){let e=new Float32Array(this.shape[0]);for(let s of this.blocks){let n=t-s.column;if(!(n<0||n>=s.columns))for(let i=0;i<s.rows;i++)e[s.row+i]+=s.values[i*s.columns+n]}return e}cell(t,e){return this.row(t)[e]}};function kt(r,t){for(let{row:e,column:s,rows:n,columns:i,values:o}of r)for(let a=0;a<n;a++)for(let l=0;l<i;l++)t(e+a,s+l,o[a*i+l])}var Ts=2**20;function de(r){let[t,e]=r.shape;return Ze(r)||r.encoding==="scores"&&t*e<=Ts}function Ze(r){return r.encoding==="dense"||r.encoding==="blocks"}function gr(r,[t,e],[s,n],i){let o=Math.ceil((e-t)/i[0]),a=Math.ceil((n-s)/i[1]),l=new Float32Array(o*a);for(let c of r){let h=Math.min(e,c.row+c.rows),u=Math.min(n,c.column+c.columns);for(let f=Math.max(t,c.row);f<h;f++){let g=Math.floor((f-t)/i[0])*a,v=(f-c.row)*c.columns-c.column;for(let A=Math.max(s,c.column);A<u;A++){let M=g+Math.floor((A-s)/i[1]);l[M]=Math.max(l[M],c.values[v+A])}}}return{rows:o,columns:a,values:l}}var k={row:null,column:null};function At(r){let[t,e]=r.panes,s={view:t.view,map:t.map,layer:t.layer,head:t.head??"mean",row:r.row,column:r.column,mode:r.unit,scale:r.scale,beside:e&&[e.view,e.map,e.layer,e.head??"mean"].join(".")};return Object.entries(s).filter(([,i])=>i!=null).map(([i,o])=>`${i}=${o}`).join("&")}function yr(r,t){let e=new URLSearchParams(r.replace(/^#/,"")),s=vr(["view","map","layer","head"].map(o=>e.get(o)),t),n=e.get("beside")?.split("."),i=e.get("scale");return{panes:n?[s,vr(n,t)]:[s],unit:e.get("mode")==="tokens"?"tokens":"words",scale:i==="linear"||i==="log"?i:null,row:me(e.get("row"),1/0),column:me(e.get("column"),1/0)}}function fe(r,{maps:t},e=0){let s=t[e]?.layers??[],n=s.at(-1)?.heads??[],i=n.length>1&&n.every(de);return{view:r,map:e,layer:Math.max(0,s.length-1),head:i?null:0}}function vr([r,t,e,s],n){let i=me(r,n.length)??0,{maps:o}=n[i],a=fe(i,n[i],me(t,o.length)??0),l=o[a.map]?.layers??[];a.layer=me(e,l.length)??a.layer;let c=me(s,l[a.layer]?.heads.length??0);return{...a,head:c??a.head}}function me(r,t){return r&&/^\d{1,9}$/.test(r)&&Number(r)<t?Number(r):null}function br(r,t,e){if(!(r instanceof D))return r;let s=[t.length,e.length],[n,i]=[wr(t),wr(e)],o=r.blocks.map(l=>{let c=Ns(l,n,i);return kt([l],(h,u,f)=>{let[g,v]=[n[h],i[u]],[A,M]=t[g];c.values[(g-c.row)*c.columns+v-c.column]+=f/(M-A)}),c}),a=e.reduce((l,[c,h])=>Math.max(l,h-c),1);return new D(s,o,r.precision*a)}function wr(r){let t=new Int32Array(r.at(-1)?.[1]??0);return r.forEach(([e,s],n)=>void t.fill(n,e,s)),t}function Ns(r,t,e){let[s,n]=[t[r.row],e[r.column]],i=t[r.row+r.rows-1]+1-s,o=e[r.column+r.columns-1]+1-n;return{row:s,column:n,rows:i,columns:o,values:new Float32Array(i*o)}}function $r(r){let t=r[0].blocks.map((e,s)=>{let n=new Float32Array(e.values.length);for(let i of r){let o=i.blocks[s].values;for(let a=0;a<n.length;a++)n[a]+=o[a]/r.length}return{...e,values:n}});return new D(r[0].shape,t,r[0].precision)}var xr=`"use strict";(()=>{function h(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var f=(e,r)=>Math.ceil(e/2**r);function g(e,r,t){let{width:n,query:a,key:s}=e,[l,m]=[r*n,t*n],u=0;for(let o=0;o<n;o++)u+=a[l+o]*s[m+o];return u}function F({band:[e,r],shape:t},n){return[e===null?0:Math.max(0,n+e),r===null?t[1]:Math.max(0,Math.min(t[1],n+r+1))]}function w(e,{level:r,tile:t}){let[n,a]=h(t[0],r[0],e.shape[0]),[s,l]=h(t[1],r[1],e.shape[1]),m=Math.min(128,f(a-n,r[0])),u=Math.min(128,f(l-s,r[1])),o=new Float32Array(m*u);for(let c=n;c<a;c++){let y=o.subarray((c-n>>r[0])*u);M(e,c,[s,l],r[1],y)}return{rows:m,columns:u,values:o}}function M(e,r,[t,n],a,s){let{hidden:l,keyScale:m,logsumexp:u,queryScale:o}=e,[c,y]=F(e,r);for(let i=0;i<s.length&&t+(i<<a)<n;i++){let d=t+(i<<a),b=-1/0,v=Math.min(n,y,d+(1<<a));for(let p=Math.max(d,c);p<v;p++)l[p]||(b=Math.max(b,g(e,r,p)*m[p]));let A=Math.exp(b*o[r]-u[r]);s[i]=Math.max(s[i],Math.min(1,A))}}var S=new Map;self.onmessage=({data:e})=>{e.scores&&S.set(e.key,e.scores);let r=w(S.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function Sr(r,t,e){let{width:s,query:n,key:i}=r,[o,a]=[t*s,e*s],l=0;for(let c=0;c<s;c++)l+=n[o+c]*i[a+c];return l}function kr({band:[r,t],shape:e},s){return[r===null?0:Math.max(0,s+r),t===null?e[1]:Math.max(0,Math.min(e[1],s+t+1))]}function Fs(r,t,e){let[s,n]=kr(r,t);if(r.hidden[e]||e<s||e>=n)return 0;let i=Sr(r,t,e)*r.queryScale[t]*r.keyScale[e];return Math.min(1,Math.exp(i-r.logsumexp[t]))}function Ar(r,{level:t,tile:e}){let[s,n]=ue(e[0],t[0],r.shape[0]),[i,o]=ue(e[1],t[1],r.shape[1]),a=Math.min(128,Ne(n-s,t[0])),l=Math.min(128,Ne(o-i,t[1])),c=new Float32Array(a*l);for(let h=s;h<n;h++){let u=c.subarray((h-s>>t[0])*l);Er(r,h,[i,o],t[1],u)}return{rows:a,columns:l,values:c}}function Er(r,t,[e,s],n,i){let{hidden:o,keyScale:a,logsumexp:l,queryScale:c}=r,[h,u]=kr(r,t);for(let f=0;f<i.length&&e+(f<<n)<s;f++){let g=e+(f<<n),v=-1/0,A=Math.min(s,u,g+(1<<n));for(let _=Math.max(g,h);_<A;_++)o[_]||(v=Math.max(v,Sr(r,t,_)*a[_]));let M=Math.exp(v*c[t]-l[t]);i[f]=Math.max(i[f],Math.min(1,M))}}function Mr(r){let[t,e]=r.shape,s=new Float32Array(t*e);for(let n=0;n<t;n++)Er(r,n,[0,e],0,s.subarray(n*e,(n+1)*e));return{row:0,column:0,rows:t,columns:e,values:s}}var Ds=3,Ye=class{constructor(t,e,s,n,i,o){this.scores=t;this.precision=e;this.overview=s;this.entropy=n;this.received=i;this.compute=o;this.shape=t.shape}tile(t){return t.level.every((s,n)=>2**s*Ds<=this.overview.by[n])?this.compute(this.scores,t):null}row(t){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(t,s))}column(t){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,t))}cell(t,e){return Fs(this.scores,t,e)}};var ge=new Map,Qe=new Map,Is=0,He;function Bs(){try{let r=new Worker(URL.createObjectURL(new Blob([xr],{type:"text/javascript"})));return r.onmessage=({data:t})=>Cr(t.number,t.grid),r.onerror=()=>{He=null;for(let t of ge.keys())Pr(t)},r}catch{return null}}function Cr(r,t){ge.get(r)?.done(t),ge.delete(r)}function Pr(r){let{scores:t,place:e}=ge.get(r);setTimeout(()=>Cr(r,Ar(t,e)))}function Us(r,{scores:t,place:e}){let s={number:r,key:Qe.get(t)??Qe.size,place:e};Qe.has(t)||(Qe.set(t,s.key),s.scores=t),He.postMessage(s)}function _r(r,t){return He===void 0&&(He=Bs()),new Promise(e=>{let s=Is++;ge.set(s,{scores:r,place:t,done:e}),He?Us(s,ge.get(s)):Pr(s)})}var Rr=Array.from({length:94},(r,t)=>String.fromCharCode(33+t)).filter(r=>!'"<\\'.includes(r)).join(""),Et=new Uint8Array(128);for(let r=0;r<Rr.length;r++)Et[Rr.charCodeAt(r)]=r;function Gs(r){let t=r.length>>1,e=new Uint8Array(13*t+(r.length%2?5:0)>>3),[s,n,i]=[0,0,0];for(let o=0;o<r.length;o+=2){let a=o+1<r.length?Et[r.charCodeAt(o+1)]:0;for(n|=Et[r.charCodeAt(o)]+91*a<<s,s+=13;s>=8&&i<e.length;s-=8)e[i++]=n&255,n>>>=8}return e}async function Xe(r){if(r==="")return new ArrayBuffer(0);let t=new Blob([Gs(r)]).stream();return new Response(t.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var Lr=async r=>new Uint8Array(await Xe(r)),Mt=async r=>new Int8Array(await Xe(r)),qr=async r=>new Uint16Array(await Xe(r)),ve=async r=>new Float32Array(await Xe(r));var et=class{constructor(t,e,s,n){this.shape=t;this.overview=e;this.entropy=s;this.received=n;this.precision=null}tile(){return null}row(t){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(t,s))}column(t){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,t))}cell(t,e){let{by:s,columns:n,values:i}=this.overview;return i[Math.floor(t/s[0])*n+Math.floor(e/s[1])]}},Ws=Float32Array.from({length:256},(r,t)=>t===0?0:2**((t-255)/12));function Or(r){let t=new Float32Array(r.length);for(let e=0;e<r.length;e++)t[e]=Ws[r[e]];return t}var Tr=65535,zs=48,ye=new Map;function tt(r,t){let e=ye.get(r)??js(r,t);return ye.delete(r),ye.set(r,e),ye.size>zs&&ye.delete(ye.keys().next().value),e}async function Hr(r,t){return Ze(r)?(await tt(r,t)).overview:Fr(r.overview)}async function js(r,t){if(Ze(r))return Vs(r,t);if(r.encoding==="scores"&&de(r))return new D(r.shape,[Mr(await Nr(r))],r.precision);let e=await Fr(r.overview),s=[await ve(r.entropy),await ve(r.received)];if(r.encoding==="pooled")return new et(r.shape,e,...s);let n=await Nr(r);return new Ye(n,r.precision,e,...s,_r)}async function Vs(r,t){let e=Float32Array.from(await qr(r.data));for(let o=0;o<e.length;o++)e[o]/=Tr;let s=0,n=[[0,0,...r.shape]],i=(r.encoding==="blocks"&&t?t:n).map(o=>{let[a,l,c,h]=o,u=s;return s+=c*h,{row:a,column:l,rows:c,columns:h,values:e.subarray(u,s)}});return new D(r.shape,i,.5/Tr)}async function Fr({shape:[r,t],by:e,data:s}){return{rows:r,columns:t,by:e,values:Or(await Lr(s))}}async function Nr(r){return{shape:r.shape,width:r.width,query:await Mt(r.query),queryScale:await ve(r.query_scale),key:await Mt(r.key),keyScale:await ve(r.key_scale),logsumexp:await ve(r.logsumexp),band:r.band,hidden:Ks(r.shape,r.hidden)}}function Ks([,r],t){let e=new Uint8Array(r);for(let[s,n]of t)e.fill(1,s,n);return e}var Js=/\p{Cc}/gu,Zs=/^\p{M}/u,Ys=/^[\p{Z}\p{Cf}]+$/u;function Qs(r){if(r==="")return"\u2205";if(Ys.test(r))return"\u2423".repeat([...r].length);let t=r.replace(Js,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return Zs.test(t)?`\u25CC${t}`:t}function rt(r,t){return t==="words"?r.words:r.tokens.map((e,s)=>[s,s+1])}function Fe(r,t){let e=t==="words"?r.shown:r.tokens;return rt(r,t).map((s,n)=>({text:Qs(e[n]),space:r.spaces[s[0]],tokens:s}))}var Dr=/\p{L}/u,Xs=/[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;function Ir(r){let t=r.find(({text:e})=>Dr.test(e))?.text.match(Dr)?.[0]??"";return Xs.test(t)?"rtl":"ltr"}function st(r,t){let e=[...r];return e.length<=t?r:`${e.slice(0,t-1).join("")}\u2026`}var we=(r,[t,e])=>r.probabilities?.slice(t,e).reduce((s,n)=>s*n,1)??null;var en=64,Br=r=>r.shape[1]>en?"log":"linear";function be({name:r},t){return r&&t.name.startsWith(`${r}.`)?t.name.slice(r.length+1):t.name}var De=r=>r.heads.every(de);async function Ur(r,t,e){let s=r.maps[t.map],n=s?.layers[t.layer];if(!n||n.heads.length===0)return null;let[i,o]=[r.sides[s.rows],r.sides[s.columns]],a=De(n)?e:"tokens",l=await tn(s,n,t.head),c=[rt(i,a),rt(o,a)];return{map:s,layer:n,unit:a,querySide:i,keySide:o,weights:a==="words"?br(l,...c):l,rows:Fe(i,a),columns:Fe(o,a)}}async function tn({blocks:r},t,e){if(e!==null||!De(t))return tt(t.heads[e??0],r);let s=await Promise.all(t.heads.map(n=>tt(n,r)));return $r(s)}var P=(r,t,e)=>d`
  <figure aria-label=${r}>
    <h2>${r}</h2>
    <p class="explained quiet">${t}</p>
    ${e}
  </figure>
`,O=w`
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
`;var rn={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},Gr=1e-4;function se(r,t){return t==="linear"?Math.min(1,Math.max(0,r)):r<=Gr?0:Math.min(1,1-Math.log10(r)/Math.log10(Gr))}function ne(r,t){let e=rn[t],s=Math.min(e.length-1,Math.max(0,r*(e.length-1))),[n,i]=[Math.floor(s),Math.ceil(s)];return e[n].map((a,l)=>Math.round(a+(e[i][l]-a)*(s-n)))}var $e=([r,t,e])=>`rgb(${r}, ${t}, ${e})`;function sn(r){let[t,e,s]=r.map(n=>{let i=n/255;return i<=.04045?i/12.92:((i+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*s}function zr(r){return sn(r)>.18?"#141312":"#ffffff"}var Ct=256,Wr=new Map;function nn(r){let t=Wr.get(r);return t||(t=Uint32Array.from({length:Ct},(e,s)=>{let[n,i,o]=ne(s/(Ct-1),r);return 255<<24|o<<16|i<<8|n}),Wr.set(r,t)),t}function nt(r,t,e,s){let n=nn(s),i=new ImageData(t,r.length/t),o=new Uint32Array(i.data.buffer);for(let a=0;a<r.length;a++)o[a]=n[Math.round(se(r[a],e)*(Ct-1))];return i}var V=class extends b{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,s)=>d`
        <section><h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((n,i)=>this.renderLayer(e,n,s,i))}
        </div></section>
      `)}renderLayer(e,s,n,i){let o=be(e,s)||this.text.layerNumber(i);return d`<div class="layer">
      <span class="quiet name">${o}</span>
      ${s.heads.map((a,l)=>this.renderHead(o,{...this.pane,map:n,layer:i,head:l}))}
    </div>`}renderHead(e,s){let{map:n,layer:i,head:o}=this.pane,a=n===s.map&&i===s.layer&&(o===null||o===s.head),c=s.head===(o??0)&&i===s.layer&&n===s.map||n!==s.map&&s.layer===0&&s.head===0;return d`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(s.head))}
      title=${this.text.headName(e,this.text.headNumber(s.head))}
      tabindex=${c?0:-1}
      @click=${()=>this.choose(s)}
    ><canvas data-head="${s.map} ${s.layer} ${s.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:s,target:n}){let i={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!i)return;let o=[...s.querySelectorAll("button")],a=o[o.indexOf(n)+i];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let s of this.renderRoot.querySelectorAll("canvas")){let[n,i,o]=s.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:c}=await Hr(this.maps[n].layers[i].heads[o],this.maps[n].blocks);if(e!==this.drawing)return;[s.width,s.height]=[l,a],s.getContext("2d").putImageData(nt(c,l,this.scale,E.theme),0,0)}}};V.styles=[$,w`
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
    `],p([m({attribute:!1})],V.prototype,"maps",2),p([m({attribute:!1})],V.prototype,"pane",2),p([m({attribute:!1})],V.prototype,"scale",2),V=p([x("qkv-head-mosaic")],V);var on=600,it=class{constructor(t,e,s,n){this.weights=t;this.scale=e;this.theme=s;this.arrived=n;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:t,columns:e}=this.weights.overview;return this.image("overview",t,e)}under(t,e){let s=ln(t,t.level(e),this.weights.shape);return this.want(s),this.drawable(s)}drawable(t){let e=t[0]?.level??[0,0],s=[...this.grids.values()].filter(({place:n})=>n.level[0]>=e[0]&&n.level[1]>=e[1]);return s.sort((n,i)=>jr(i.place.level)-jr(n.place.level)),s.map(({place:n,grid:i})=>({place:n,image:this.image(Pt(n),i.values,i.columns)}))}image(t,e,s){let n=this.images.get(t);return n||(n=an(nt(e,s,this.scale,this.theme)),this.images.set(t,n)),n}want(t){this.wanted=t.filter(e=>!this.grids.has(Pt(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let t=this.wanted.shift();t;t=this.wanted.shift()){let e=await this.weights.tile(t);if(!e)break;this.grids.set(Pt(t),{place:t,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[t]=this.grids.keys();this.grids.size<=on||(this.grids.delete(t),this.images.delete(t))}},jr=([r,t])=>r+t,Pt=({level:r,tile:t})=>`${r} ${t}`;function an(r){let t=document.createElement("canvas");return[t.width,t.height]=[r.width,r.height],t.getContext("2d").putImageData(r,0,0),t}function ln({left:r,top:t,width:e,height:s,plot:n},i,[o,a]){let l=(g,v,A,M)=>{let _=Math.ceil(Ne(M,A)/128)-1,S=128<<A,N=Math.min(_,Math.floor((g+v)/S)),G=Math.max(0,Math.floor(g/S));return Array.from({length:Math.max(0,N-G+1)},(ae,ke)=>G+ke)},c=l(r,n.width/e,i[1],a),h=l(t,n.height/s,i[0],o),u=h.flatMap(g=>c.map(v=>({level:i,tile:[g,v]}))),f=({tile:[g,v]})=>Math.hypot(g-(h[0]+h.at(-1))/2,v-(c[0]+c.at(-1))/2);return u.sort((g,v)=>f(g)-f(v))}var Be=class{constructor(t,e){this.rows=t;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(t){let e=Math.min(30,t.width/this.columns),s=Math.min(30,t.height/this.rows),n=Math.min(e,s);Math.max(e,s)<=3*n&&(e=s=n),this.plot={width:e*this.columns,height:s*this.rows},this.fitted={width:e,height:s},[this.width,this.height,this.left,this.top]=[e,s,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(t,e,s){let[n,i]=[this.left+t/this.width,this.top+e/this.height];this.width=Vr(this.width,this.fitted.width,s),this.height=Vr(this.height,this.fitted.height,s),this.left=n-t/this.width,this.top=i-e/this.height,this.pan(0,0)}pan(t,e){let{width:s,height:n}=this.plot;this.left=Ie(this.left-t/this.width,0,this.columns-s/this.width),this.top=Ie(this.top-e/this.height,0,this.rows-n/this.height)}reveal(t,e){let[s,n]=[this.plot.width/this.width,this.plot.height/this.height];this.left=Ie(this.left,e+1-s,e),this.top=Ie(this.top,t+1-n,t),this.pan(0,0)}cellAt(t,e){let[s,n]=[this.left+t/this.width,this.top+e/this.height].map(Math.floor);return t>=0&&e>=0&&t<this.plot.width&&e<this.plot.height&&n<this.rows&&s<this.columns?{row:n,column:s}:null}level(t){let e=s=>Math.max(0,Math.floor(Math.log2(1/(s*t))));return[e(this.height),e(this.width)]}};function Vr(r,t,e){return Ie(r*e,t,Math.max(t,44))}function Ie(r,t,e){return Math.min(Math.max(r,t),Math.max(t,e))}var cn={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},_t=40,ot=200,xe=class extends b{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=E,s=ot/_t;return d`<svg viewBox="-16 0 ${ot+32} 26" width=${`${(ot+32)/16}rem`} height=${`${26/16}rem`} role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:_t},(n,i)=>qe`<rect x=${i*s} width=${s+.5} height="8"
        fill=${$e(ne((i+.5)/_t,e))}></rect>`)}
      ${cn[this.scale].map(n=>qe`<text x=${se(n,this.scale)*ot} y="22">${n}</text>`)}
    </svg>`}};xe.styles=[$,w`
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
    `],p([m({attribute:!1})],xe.prototype,"scale",2),xe=p([x("qkv-legend")],xe);var at=class{constructor(t,e){this.canvas=t;this.actions=e;this.pointers=new Map;this.moved=0;t.addEventListener("pointerdown",s=>this.down(s)),t.addEventListener("pointermove",s=>this.move(s)),t.addEventListener("pointerup",s=>this.up(s)),t.addEventListener("pointercancel",s=>this.pointers.delete(s.pointerId)),t.addEventListener("pointerleave",()=>e.leave()),t.addEventListener("wheel",s=>this.wheel(s),{passive:!1})}place({clientX:t,clientY:e}){let{left:s,top:n}=this.canvas.getBoundingClientRect();return[t-s,e-n]}down(t){this.canvas.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,this.place(t)),this.pointers.size===1&&(this.moved=0)}move(t){let e=this.place(t),s=this.pointers.get(t.pointerId);if(!s)return this.actions.hover(...e);let n=[...this.pointers].find(([i])=>i!==t.pointerId)?.[1];this.moved+=Rt(s,e),n?this.pinch(s,e,n):this.moved>4&&this.actions.pan(e[0]-s[0],e[1]-s[1]),this.pointers.set(t.pointerId,e)}pinch(t,e,s){let n=[(e[0]+s[0])/2,(e[1]+s[1])/2],i=Rt(e,s)/Math.max(1,Rt(t,s));this.actions.pan((e[0]-t[0])/2,(e[1]-t[1])/2),this.actions.zoom(...n,i)}up(t){this.pointers.delete(t.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(t))}wheel(t){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!t.ctrlKey&&!t.metaKey&&!e&&!this.actions.zoomed())return;t.preventDefault();let s=t.ctrlKey&&Math.abs(t.deltaY)<40?.01:.002;this.actions.zoom(...this.place(t),Math.exp(-t.deltaY*s))}},Rt=(r,t)=>Math.hypot(r[0]-t[0],r[1]-t[1]);var Zr=16,hn=50,Lt=-Math.PI/3,qt=11,pn=9,un=40,Yr=10,lt=44,K=8,dn='"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif',Qr=14,mn=11,fn=16,J=()=>Number.parseFloat(getComputedStyle(document.documentElement).fontSize)/fn,Ot=r=>`${Math.min(Qr*J(),r)}px ${dn}`,Tt=()=>`${mn*J()}px system-ui, sans-serif`,Nt=({text:r})=>st(r,Zr);function Xr(r,t,e,s){let n=J(),i=Math.max(hn*n,Kr(r,t,s*.3),pn*n*String(t.length).length),o=Kr(r,e,120*n);return{left:i+8,top:o*Math.sin(-Lt)+14,right:Math.max(lt*n+K,o*Math.cos(Lt))+4,bottom:lt+K}}function Kr(r,t,e){r.font=Ot(Qr*J());let s=t.reduce((a,{text:l})=>Math.max(a,l.length),0),n=.6*Math.min(s,Zr),o=t.filter(({text:a})=>a.length>=n).slice(0,100).map(a=>r.measureText(Nt(a)).width);return Math.min(e,Math.max(24,...o))}function es(r){let{context:t,pixelRatio:e,margins:s,inks:n}=r;t.setTransform(e,0,0,e,0,0),t.fillStyle=n.paper,t.fillRect(0,0,t.canvas.width,t.canvas.height),t.translate(s.left,s.top),t.save(),gn(r),vn(r),yn(r),wn(r),$n(r),t.restore(),xn(r),Sn(r),An(r),En(r),Mn(r)}function gn({context:r,viewport:{plot:t}}){r.beginPath(),r.rect(0,0,t.width,t.height),r.clip()}function vn({context:r,images:t,viewport:e,pixelRatio:s,weights:n}){r.imageSmoothingEnabled=!1;let i=t.overview(),{by:o,columns:a,rows:l}=n.overview;Jr(r,i,e,s,[0,0,l*o[0],a*o[1]]);for(let{place:{level:c,tile:h},image:u}of t.under(e,s)){let[f,g]=[h[0]*(128<<c[0]),h[1]*(128<<c[1])],v=[f,g,u.height<<c[0],u.width<<c[1]];Jr(r,u,e,s,v)}}function Jr(r,t,{left:e,top:s,width:n,height:i,plot:o},a,[l,c,h,u]){let f=_=>Math.round(_*a)/a,[g,v]=[f((c-e)*n),f((l-s)*i)],[A,M]=[f((c+u-e)*n),f((l+h-s)*i)];A<=0||M<=0||g>=o.width||v>=o.height||r.drawImage(t,g,v,Math.max(A-g,1/a),Math.max(M-v,1/a))}function yn({context:r,viewport:t,inks:e}){let{width:s,height:n,left:i,top:o,plot:a}=t;if(!(Math.min(s,n)<Yr)){r.fillStyle=e.paper;for(let l=-(i%1*s);l<a.width;l+=s)r.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*n);l<a.height;l+=n)r.fillRect(0,l-.5,a.width,1)}}function wn({context:r,viewport:t,blocks:e,inks:s}){let{left:n,top:i,width:o,height:a}=t;for(let{kind:l,rows:c,columns:h}of e){let[u,f]=[(h[0]-n)*o,(c[0]-i)*a],[g,v]=[(h[1]-h[0])*o,(c[1]-c[0])*a];r.strokeStyle=r.fillStyle=s.gold,r.lineWidth=2,r.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?r.strokeRect(u+2,f+2,Math.max(1,g-4),Math.max(1,v-4)):bn(r,u+g/2,f+v/2,Math.min(4,o/4,a/4))}r.setLineDash([])}function bn(r,t,e,s){r.beginPath(),r.arc(t,e,Math.max(1,s),0,2*Math.PI),r.fill()}function $n({context:r,viewport:t,focus:e,inks:s}){let{left:n,top:i,width:o,height:a,plot:l}=t;r.strokeStyle=s.accent,r.lineWidth=1;let[c,h]=[((e.column??0)-n)*o,((e.row??0)-i)*a],[u,f]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&r.strokeRect(.5,h,l.width-1,f),e.column!==null&&r.strokeRect(c,.5,u,l.height-1),!(e.row===null||e.column===null)&&(r.lineWidth=2,r.strokeRect(c,h,u,f))}function xn({context:r,viewport:t,margins:e,rows:s,focus:n,inks:i}){r.textAlign="right",r.textBaseline="middle";let{height:o,top:a,plot:l}=t,c=o>=qt;r.font=c?Ot(o):Tt();for(let h of rs(a,l.height,o,s.length)){r.fillStyle=h===n.row?i.accent:c?i.ink:i.quiet;let u=c?Nt(s[h]):ts(h);r.fillText(u,-6,(h-a+.5)*o,e.left-8)}}function Sn({context:r,viewport:t,columns:e,focus:s,inks:n}){let{width:i,left:o,plot:a}=t,l=i>=qt;r.textBaseline=l?"middle":"bottom",r.font=l?Ot(i):Tt();for(let c of rs(o,a.width,i,e.length))r.fillStyle=c===s.column?n.accent:l?n.ink:n.quiet,r.save(),r.translate((c-o+.5)*i,-6),r.textAlign=l?"left":"center",l&&r.rotate(Lt),r.fillText(l?Nt(e[c]):ts(c),0,0),r.restore()}var ts=r=>(r+1).toLocaleString("en");function rs(r,t,e,s){let n=e>=qt?1:kn(un*J()/e),i=Math.min(s,Math.floor(r+t/e+.5)),o=Math.ceil((Math.ceil(r-.5)+1)/n)*n-1;return Array.from({length:Math.max(0,Math.ceil((i-o)/n))},(a,l)=>o+l*n)}function kn(r){let t=10**Math.floor(Math.log10(r));return t*([1,2,5].find(e=>e*t>=r)??10)}function An({context:r,viewport:t,weights:e,inks:s}){let{plot:n,top:i,height:o,rows:a,columns:l}=t,c=Math.log(Math.max(2,l)),h=n.width+K;r.fillStyle=s.bar;for(let[u,f,g]of ss(e.entropy,i,o,n.height,a))r.fillRect(h,u,Math.max(.5,g/c*lt),f)}function En({context:r,viewport:t,weights:e,inks:s}){let{plot:n,left:i,width:o,columns:a}=t,l=e.received.reduce((h,u)=>Math.max(h,u),1e-9),c=n.height+K;r.fillStyle=s.bar;for(let[h,u,f]of ss(e.received,i,o,n.width,a))r.fillRect(h,c,u,Math.max(.5,f/l*lt))}function Mn({context:r,viewport:{plot:t},inks:e,bandNames:s}){r.fillStyle=e.quiet,r.font=Tt(),r.textBaseline="top",r.textAlign="left",r.fillText(s[0],t.width+K,t.height+K),r.textAlign="right",r.fillText(s[1],-K,t.height+K)}function ss(r,t,e,s,n){let i=Math.max(1,Math.ceil(1/e)),o=e>=Yr?e*.55:0,a=[];for(let l=Math.floor(t/i)*i;l<Math.min(n,t+s/e);l+=i){let c=Math.max(...r.subarray(l,l+i)),[h,u]=[Math.max(0,(l-t)*e),Math.min(s,(l-t+i)*e)];a.push([h+o/2,Math.max(.5,u-h-o),c])}return a}var Cn=640,ct=1.5,ns={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]};function Pn(r,t){return r?.querySide===t.querySide&&r.keySide===t.keySide&&r.unit===t.unit}var L=class extends b{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[];this.viewport=new Be(1,1);this.type=1;this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,s]=this.shown.weights.shape;return d`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,s)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(ct))}
          ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/ct))}
          ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
        </div>
      </div>
    `}renderButton(e,s,n){return d`<button type="button" title=${s} aria-label=${s} @click=${n}>${e}</button>`}firstUpdated(){new at(this.canvas,{hover:(e,s)=>this.ask("qkv-hover",this.cellAt(e,s)??k),leave:()=>this.ask("qkv-hover",k),press:(e,s)=>this.press(e,s),pan:(e,s)=>this.change(()=>this.viewport.pan(e,s)),zoom:(e,s,n)=>this.change(()=>this.zoomAt(e,s,n)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:s}=E,{weights:n}=this.shown;e.has("shown")&&!Pn(e.get("shown"),this.shown)?(this.viewport=new Be(...n.shape),this.measure()):this.type!==J()&&this.measure(),(this.images?.weights!==n||this.images.scale!==this.scale||this.images.theme!==s)&&(this.images=new it(n,this.scale,s,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;this.type=J();let{rows:e,columns:s}=this.shown,n=this.canvas.getContext("2d"),i=Xr(n,e,s,this.clientWidth);this.margins=i,this.viewport.fit({width:Math.max(40,this.clientWidth-i.left-i.right),height:Math.min(Cn,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=i.left+o.width+i.right,l=i.top+o.height+i.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:s,columns:n}=this.shown;es({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:s,columns:n,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks(),bandNames:[this.text.entropyBand,this.text.receivedBand]})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","bar","paper","accent","gold"].map(n=>[n,e.getPropertyValue(`--${n}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,s){return this.viewport.cellAt(e-this.margins.left,s-this.margins.top)}zoomAt(e,s,n){this.viewport.zoom(e-this.margins.left,s-this.margins.top,n)}zoomMiddle(e){let{plot:s}=this.viewport;this.change(()=>this.viewport.zoom(s.width/2,s.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,s){let n=this.cellAt(e,s),{row:i,column:o}=this.focused,a=this.locked&&n?.row===i&&n?.column===o;this.ask("qkv-select",a||!n?k:n)}reveal(){let{row:e,column:s}=this.focused,{viewport:n}=this;n.reveal(e??Math.ceil(n.top),s??Math.ceil(n.left))}keyPressed(e){let s=this.keyAction(e.key);s&&(e.preventDefault(),s())}keyAction(e){if(e in ns)return()=>this.move(...ns[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(ct);if(e==="-")return()=>this.zoomMiddle(1/ct);if(e==="0")return()=>this.showWhole()}move(e,s){let[n,i]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(c,h,u)=>c===null?0:Math.min(u-1,Math.max(0,c+h));this.ask("qkv-select",{row:l(o,e,n),column:l(a,s,i)})}};L.styles=[$,w`
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
    `],p([m({attribute:!1})],L.prototype,"shown",2),p([m({attribute:!1})],L.prototype,"scale",2),p([m({attribute:!1})],L.prototype,"focused",2),p([m({attribute:!1})],L.prototype,"locked",2),p([m({attribute:!1})],L.prototype,"blocks",2),p([Je("canvas")],L.prototype,"canvas",2),L=p([x("qkv-heat-map")],L);var Ue=class{diff(t,e,s={}){let n;typeof s=="function"?(n=s,s={}):"callback"in s&&(n=s.callback);let i=this.castInput(t,s),o=this.castInput(e,s),a=this.removeEmpty(this.tokenize(i,s)),l=this.removeEmpty(this.tokenize(o,s));return this.diffWithOptionsObj(a,l,s,n)}diffWithOptionsObj(t,e,s,n){var i;let o=S=>{if(S=this.postProcess(S,s),n){setTimeout(function(){n(S)},0);return}else return S},a=e.length,l=t.length,c=1,h=a+l;s.maxEditLength!=null&&(h=Math.min(h,s.maxEditLength));let u=(i=s.timeout)!==null&&i!==void 0?i:1/0,f=Date.now()+u,g=[{oldPos:-1,lastComponent:void 0}],v=this.extractCommon(g[0],e,t,0,s);if(g[0].oldPos+1>=l&&v+1>=a)return o(this.buildValues(g[0].lastComponent,e,t));let A=-1/0,M=1/0,_=()=>{for(let S=Math.max(A,-c);S<=Math.min(M,c);S+=2){let N,G=g[S-1],ae=g[S+1];G&&(g[S-1]=void 0);let ke=!1;if(ae){let Ut=ae.oldPos-S;ke=ae&&0<=Ut&&Ut<a}let Bt=G&&G.oldPos+1<l;if(!ke&&!Bt){g[S]=void 0;continue}if(!Bt||ke&&G.oldPos<ae.oldPos?N=this.addToPath(ae,!0,!1,0,s):N=this.addToPath(G,!1,!0,1,s),v=this.extractCommon(N,e,t,S,s),N.oldPos+1>=l&&v+1>=a)return o(this.buildValues(N.lastComponent,e,t))||!0;g[S]=N,N.oldPos+1>=l&&(M=Math.min(M,S-1)),v+1>=a&&(A=Math.max(A,S+1))}c++};if(n)(function S(){setTimeout(function(){if(c>h||Date.now()>f)return n(void 0);_()||S()},0)})();else for(;c<=h&&Date.now()<=f;){let S=_();if(S)return S}}addToPath(t,e,s,n,i){let o=t.lastComponent;return o&&!i.oneChangePerToken&&o.added===e&&o.removed===s?{oldPos:t.oldPos+n,lastComponent:{count:o.count+1,added:e,removed:s,previousComponent:o.previousComponent}}:{oldPos:t.oldPos+n,lastComponent:{count:1,added:e,removed:s,previousComponent:o}}}extractCommon(t,e,s,n,i){let o=e.length,a=s.length,l=t.oldPos,c=l-n,h=0;for(;c+1<o&&l+1<a&&this.equals(s[l+1],e[c+1],i);)c++,l++,h++,i.oneChangePerToken&&(t.lastComponent={count:1,previousComponent:t.lastComponent,added:!1,removed:!1});return h&&!i.oneChangePerToken&&(t.lastComponent={count:h,previousComponent:t.lastComponent,added:!1,removed:!1}),t.oldPos=l,c}equals(t,e,s){return s.comparator?s.comparator(t,e):t===e||!!s.ignoreCase&&t.toLowerCase()===e.toLowerCase()}removeEmpty(t){let e=[];for(let s=0;s<t.length;s++)t[s]&&e.push(t[s]);return e}castInput(t,e){return t}tokenize(t,e){return Array.from(t)}join(t){return t.join("")}postProcess(t,e){return t}get useLongestToken(){return!1}buildValues(t,e,s){let n=[],i;for(;t;)n.push(t),i=t.previousComponent,delete t.previousComponent,t=i;n.reverse();let o=n.length,a=0,l=0,c=0;for(;a<o;a++){let h=n[a];if(h.removed)h.value=this.join(s.slice(c,c+h.count)),c+=h.count;else{if(!h.added&&this.useLongestToken){let u=e.slice(l,l+h.count);u=u.map(function(f,g){let v=s[c+g];return v.length>f.length?v:f}),h.value=this.join(u)}else h.value=this.join(e.slice(l,l+h.count));l+=h.count,h.added||(c+=h.count)}}return n}};var Ht=class extends Ue{tokenize(t){return t.slice()}join(t){return t}removeEmpty(t){return t}},is=new Ht;function Ft(r,t,e){return is.diff(r,t,e)}var _n=new Intl.Segmenter(void 0,{granularity:"word"}),os=r=>Array.from(_n.segment(r),({segment:t})=>t),Rn=100;function Ln(r,t){let e=Ft(os(r),os(t),{timeout:Rn});return e?e.filter(({removed:s})=>!s).map(({added:s,value:n})=>s?d`<strong>${n.join("")}</strong>`:n.join("")):t}var qn=12,ie=class extends b{constructor(){super(...arguments);this.unit="words"}render(){let e=this.view.sides.find(({probabilities:s})=>s);return d`
      ${e?this.renderDoubts(e):y}
      ${this.view.alternatives.length>1?this.renderAlternatives():y}
    `}renderDoubts(e){let s=Fe(e,this.unit).map(({text:n,tokens:i})=>({text:n,value:we(e,i)}));return s.sort((n,i)=>n.value-i.value),P(this.text.confidenceHeading,this.text.confidenceExplained,d`<ol class="doubts">
        ${s.slice(0,qn).map(({text:n,value:i})=>d`<li>
            <bdi>${n}</bdi>
            <span class="number quiet">${pe(i)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100*i} height="1"></rect>
            </svg>
          </li>`)}
      </ol>`)}renderAlternatives(){let{alternatives:e}=this.view;return P(this.text.alternativesHeading,this.text.alternativesExplained,d`<ol>
        ${e.map(({text:s,score:n},i)=>d`<li class="alternative" data-best=${i===0}>
            <span class="number quiet">${n.toFixed(3)}</span>
            <span dir="auto" class="sentence">${Ln(e[0].text,s)}</span>
          </li>`)}
      </ol>`)}};ie.styles=[$,O,w`
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
    `],p([m({attribute:!1})],ie.prototype,"view",2),p([m({attribute:!1})],ie.prototype,"unit",2),ie=p([x("qkv-outcome")],ie);var On=.82,I=class extends b{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:s,height:n,boxes:i}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return d`
      <svg viewBox="0 0 ${s} ${n}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${s} height=${n} />
        ${i.map(([a,l,c,h],u)=>qe`
          <rect
            class=${u===this.marked?"marked":""}
            x=${a} y=${l} width=${c-a} height=${h-l}
            fill="#000"
            fill-opacity=${this.shades?On*(1-this.shades[u]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:u})}
            @click=${()=>this.ask("qkv-select",{row:null,column:u})}
          ></rect>`)}
      </svg>
    `}};I.styles=[$,w`
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
    `],p([m({attribute:!1})],I.prototype,"picture",2),p([m()],I.prototype,"name",2),p([m({attribute:!1})],I.prototype,"shades",2),p([m({attribute:!1})],I.prototype,"marked",2),I=p([x("qkv-picture-regions")],I);var Z=class extends b{constructor(){super(...arguments);this.focused=k}render(){let{weights:e,rows:s}=this.shown;return P(this.text.pictureWordsHeading,this.text.pictureWordsExplained,d`<ol>
        ${s.map(({text:n},i)=>d`<li>
            <button
              type="button"
              aria-pressed=${i===this.focused.row}
              @pointerenter=${()=>this.ask("qkv-hover",{row:i,column:null})}
              @pointerleave=${()=>this.ask("qkv-hover",k)}
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
      </ol>`)}};Z.styles=[$,O,w`
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
    `],p([m({attribute:!1})],Z.prototype,"shown",2),p([m({attribute:!1})],Z.prototype,"picture",2),p([m({attribute:!1})],Z.prototype,"focused",2),Z=p([x("qkv-picture-words")],Z);function oe(r,t){let e=[];for(let s=0;s<r.length;s++){if(!(r[s]>0)||e.length===t&&r[s]<=r[e[t-1]])continue;let n=e.findIndex(i=>r[i]<r[s]);e.splice(n<0?e.length:n,0,s),e.length=Math.min(e.length,t)}return e}var Tn=5,Nn=24,Ge=r=>st(r.text,Nn),Y=class extends b{constructor(){super(...arguments);this.shown=null;this.focused=k;this.locked=!1}render(){if(!this.shown)return d`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:s}=this.focused,n=[];return e!==null&&s!==null&&n.push(this.renderCell(this.shown,e,s)),e!==null&&n.push(this.renderRow(this.shown,e)),s!==null&&n.push(this.renderColumn(this.shown,s)),d`
      ${this.locked?this.renderLock():y}
      <div aria-live="polite">
        ${n.length?n:d`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `}renderCell({weights:e,rows:s,columns:n},i,o){let a=e.cell(i,o);return d`<p>
      ${this.text.cell(Ge(s[i]),Ge(n[o]))}
      <data class="number" id="cell" value=${a}>${mr(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:s,columns:n,querySide:i},o){let a=e.entropy[o],l=we(i,s[o].tokens);return d`<p>
      ${this.text.lookedAt(Ge(s[o]))} ${this.renderLargest(e.row(o),n)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}${l===null?y:`${this.text.gap}${this.text.probability(pe(l))}`}
      </span>
    </p>`}renderColumn({weights:e,rows:s,columns:n},i){return d`<p>
      ${this.text.lookedAtBy(Ge(n[i]))}
      ${this.renderLargest(e.column(i),s)}
      <span class="quiet">${this.text.received(Te(e.received[i]))}</span>
    </p>`}renderLargest(e,s){let n=oe(e,Tn);return n.length===0?this.text.nothingSeen:n.map(i=>d`<span class="part"><bdi>${Ge(s[i])}</bdi>
        <span class="number">${Te(e[i])}</span></span> `)}renderLock(){return d`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",k)}>${this.text.letGo}</button>
    </p>`}};Y.styles=[$,w`
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
    `],p([m({attribute:!1})],Y.prototype,"shown",2),p([m({attribute:!1})],Y.prototype,"focused",2),p([m({attribute:!1})],Y.prototype,"locked",2),Y=p([x("qkv-readout")],Y);var B=class extends b{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:s},n)=>[String(n),s?`${this.text.mapKinds[e]} ${s}`:this.text.mapKinds[e]]}render(){let e=this.view.maps[this.pane.map],s=e.layers[this.pane.layer],n=[this.renderMap(),e.layers.length>1?this.renderLayer(e):null,s.heads.length>1?this.renderHead(s):null,this.renderUnit(s),this.renderScale()].filter(i=>i!==null);return d`<p>
      ${this.text.showing}${n.map((i,o)=>d`${o?this.text.comma:""}<span class="part">${i}</span>`)}
    </p>`}renderMap(){let{maps:e}=this.view;return this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,s=>this.choose(fe(this.pane.view,this.view,Number(s))))}renderLayer(e){let s=e.layers.map((n,i)=>[String(i),be(e,n)||this.text.layerNumber(i)]);return this.renderSelect(this.text.layer,s,this.pane.layer,n=>this.chooseLayer(e,Number(n)))}renderHead(e){let{head:s}=this.pane;return this.renderSelect(this.text.head,this.headOptions(e),s??"mean",n=>this.choose({...this.pane,head:n==="mean"?null:Number(n)}))}renderUnit(e){let s=[["words",this.text.words],["tokens",this.text.tokens]],n=De(e)?s:s.slice(1);return this.renderSelect(this.text.unit,n,this.unit,i=>this.ask("qkv-select",{unit:i,row:null,column:null}))}renderScale(){let e=[["linear",this.text.linear],["log",this.text.log]];return this.renderSelect(this.text.scale,e,this.scale,s=>this.ask("qkv-select",{scale:s}))}renderSelect(e,s,n,i){return s.length===1?d`<span>${s[0][1]}</span>`:d`<select
      aria-label=${e}
      @change=${o=>i(o.target.value)}
    >
      ${s.map(([o,a])=>d`<option value=${o} .selected=${o===String(n)}>${a}</option>`)}
    </select>`}headOptions(e){let s=e.heads.map((i,o)=>[String(o),this.text.headNumber(o)]);return s.length>1&&De(e)?[["mean",this.text.meanOfHeads(s.length)],...s]:s}chooseLayer({layers:e},s){let n=e[s].heads.length,{head:i}=this.pane;this.choose({...this.pane,layer:s,head:i!==null&&i>=n?0:i})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};B.styles=[$,w`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        display: inline-block;
        max-width: 100%;
      }
    `],p([m({attribute:!1})],B.prototype,"view",2),p([m({attribute:!1})],B.prototype,"pane",2),p([m({attribute:!1})],B.prototype,"unit",2),p([m({attribute:!1})],B.prototype,"scale",2),B=p([x("qkv-shown-sentence")],B);var Se=class extends b{render(){return P(this.text.notesHeading,this.text.notesExplained,d`<ul>
        ${this.view.notes.map(t=>this.renderNote(t))}
      </ul>`)}renderNote({map:t,layer:e,head:s,place:n,share:i}){let o=this.view.maps[t],a=this.text.headIn(o.name||this.text.mapKinds[o.kind],be(o,o.layers[e])||this.text.layerNumber(e),this.text.headNumber(s));return d`<li>
      <button type="button" @click=${()=>this.show({map:t,layer:e,head:s})}>${a}</button>
      <span class="quiet">${this.text.sink(pe(i),this.text.places[n])}</span>
    </li>`}show(t){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:t}))}};Se.styles=[$,O,w`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `],p([m({attribute:!1})],Se.prototype,"view",2),Se=p([x("qkv-sinks")],Se);var as=64,Hn=250,Fn=/^(<\S+>|\[[A-Z]+\])$/,Dn={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},In=(r,t)=>r.length!==t?.length||r.some((e,s)=>e!==t[s]),C=class extends b{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.spans=[];this.steps=new Uint8Array;this.theme=""}render(){let e=this.marked===null?y:`p${this.marked-this.offset}`;return d`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?Ir(this.pieces):"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${s=>this.pointed(s,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${s=>this.pointed(s,!0)}
        @keydown=${this.keyPressed}
      ></div>
    `}updated(e){e.has("pieces")&&this.placePieces(),e.has("probabilities")&&this.paintProbabilities(),this.paintShades();for(let n of this.renderRoot.querySelectorAll(".marked"))Un(n);let s=this.marked===null?void 0:this.spans[this.marked-this.offset];s?.classList.add("marked"),s?.setAttribute("aria-selected",String(this.locked)),(e.has("shades")||e.has("marked"))&&this.reveal(s)}placePieces(){let{pieces:e}=this;this.steps=new Uint8Array(e.length),this.spans=[];let s=this.renderRoot.querySelector(".pieces");s.replaceChildren();let n=()=>{e===this.pieces&&(s.append(this.nextBlock()),this.paintProbabilities(),this.paintShades(),this.spans.length<e.length&&setTimeout(n))};n()}nextBlock(){let e=document.createElement("div"),s=this.spans.length;return this.pieces.slice(s,s+Hn).forEach((n,i)=>{let o=Bn(n,s+i),a=this.layout==="running"&&(i>0||s===0);e.append(a?n.space:"",o),this.spans.push(o)}),e}paintShades(){let{theme:e}=E;this.spans.forEach((s,n)=>{let i=this.shades?.[n]??0,o=i?Math.round(se(i,this.scale)*as):0;if(o===this.steps[n]&&e===this.theme)return;this.steps[n]=o;let a=ne(o/as,e);s.style.backgroundColor=o?$e(a):"",s.style.color=o?zr(a):""}),this.theme=e}paintProbabilities(){this.spans.forEach((e,s)=>{let n=this.probabilities?.[s];e.classList.toggle("probable",typeof n=="number"),typeof n=="number"&&e.style.setProperty("--probability",`${n*100}%`)})}reveal(e){let s=this.renderRoot.querySelector(".pieces");if(s.scrollHeight<=s.clientHeight||s.matches(":hover"))return;let n=e??this.spans[oe(this.shades??[],1)[0]];if(!n)return;let[i,o]=[n.getBoundingClientRect(),s.getBoundingClientRect()];i.top>=o.top&&i.bottom<=o.bottom||(s.scrollTop+=i.top-o.top-s.clientHeight/2)}focusOn(e){let s=e+this.offset;return this.axis==="row"?{row:s,column:null}:{row:null,column:s}}pointed(e,s){let n=e.target.closest("[data-place]");if(!n)return;let i=Number(n.dataset.place),o=this.locked&&this.marked===i+this.offset;s?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(i)):this.ask("qkv-hover",this.focusOn(i))}keyPressed(e){let s=Dn[e.key];if(s===void 0||this.pieces.length===0)return;e.preventDefault();let n=this.marked===null?s<0?this.pieces.length:-1:this.marked-this.offset,i=Math.min(this.pieces.length-1,Math.max(0,n+s));this.ask("qkv-select",this.focusOn(i))}};C.styles=[$,w`
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
    `],p([m()],C.prototype,"label",2),p([m({reflect:!0})],C.prototype,"layout",2),p([m({attribute:!1,hasChanged:In})],C.prototype,"pieces",2),p([m({attribute:!1})],C.prototype,"axis",2),p([m({attribute:!1})],C.prototype,"offset",2),p([m({attribute:!1})],C.prototype,"shades",2),p([m({attribute:!1})],C.prototype,"scale",2),p([m({attribute:!1})],C.prototype,"marked",2),p([m({attribute:!1})],C.prototype,"locked",2),p([m({attribute:!1})],C.prototype,"probabilities",2),C=p([x("qkv-shaded-text")],C);function Bn({text:r},t){let e=document.createElement("span"),s={id:`p${t}`,"data-place":t,role:"option","aria-selected":!1};for(let[n,i]of Object.entries(s))e.setAttribute(n,String(i));return Fn.test(r)&&(e.className="special"),e.append(document.createElement("bdi")),e.firstElementChild.textContent=r,e}function Un(r){r.classList.remove("marked"),r.setAttribute("aria-selected","false")}var Gn=150,T=class extends b{constructor(){super(...arguments);this.picture=null;this.scale="linear";this.focused=k;this.locked=!1}render(){let{text:e,picture:s}=this;if(s)return P(e.pictureHeading,e.pictureExplained,this.renderPicture(s));let n=this.shown.querySide===this.shown.keySide;return P(e.textHeading,n?e.textExplainedSelf:e.textExplained,d`<div class=${this.long?"long":""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`)}get long(){return Math.max(...this.shown.weights.shape)>Gn}renderPicture(e){let{weights:s,rows:n}=this.shown,{row:i,column:o}=this.focused;return d`
      <qkv-picture-regions
        .picture=${e}
        .name=${i===null?this.text.pictureWhole:this.text.pictureName(n[i].text)}
        .shades=${i===null?null:s.row(i)}
        .marked=${o}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `}renderSide(e){let{weights:s,querySide:n,keySide:i,rows:o,columns:a}=this.shown,{row:l,column:c}=this.focused,h=e==="row"?n:i,u=e==="row"?o:a,f=e==="row"?this.text.looking:this.text.lookedAtSide,g=this.text.sideRole(this.text.sides[h.name]??h.name,f),[v,A]=e==="row"?[c,s.column]:[l,s.row];return d`
      <h3 class="quiet">${g}</h3>
      <qkv-shaded-text
        .label=${g}
        .axis=${e}
        .pieces=${u}
        .shades=${v===null?null:A.call(s,v)}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${h.probabilities&&u.map(({tokens:M})=>we(h,M))}
      ></qkv-shaded-text>
    `}};T.styles=[$,O,w`
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
    `],p([m({attribute:!1})],T.prototype,"shown",2),p([m({attribute:!1})],T.prototype,"picture",2),p([m({attribute:!1})],T.prototype,"scale",2),p([m({attribute:!1})],T.prototype,"focused",2),p([m({attribute:!1})],T.prototype,"locked",2),T=p([x("qkv-two-texts")],T);var Dt=40,It=24,Wn=180,zn={linear:.05,log:.01},q=class extends b{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:s,column:n}=this.focused,[i,o]=e.shape,a=s??(n===null?0:oe(e.column(n),1)[0])??0,l=n??oe(e.row(a),1)[0]??0;return{rows:ls(a,i),columns:ls(l,o)}}render(){let{rows:e,columns:s}=this.parts,{querySide:n,keySide:i,weights:o}=this.shown;return d`
      <div class="columns">
        ${this.renderSide("column",i.name||this.text.lookedAtSide,s)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",n.name||this.text.looking,e)}
      </div>
      ${this.renderPart(s,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,s,{first:n,end:i}){let{rows:o,columns:a}=this.shown;return d`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${s}
      .axis=${e}
      .offset=${n}
      .pieces=${(e==="row"?o:a).slice(n,i)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:s},n){return s-e===n?y:d`<p class="quiet">${this.text.linksPart(e+1,s,n)}</p>`}updated(){let{rows:e,columns:s}=this.parts,n=It*Math.max(e.end-e.first,s.end-s.first),[i,o]=[this.canvas,devicePixelRatio];i.style.height=`${n}px`;let a=i.clientWidth||Wn;[i.width,i.height]=[a*o,n*o];let l=i.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,s),this.drawLinks(l,a,e,s)}drawLinks(e,s,n,i){let{weights:o}=this.shown,{row:a,column:l}=this.focused,c=[];for(let u=n.first;u<n.end;u++){let f=o.row(u);for(let g=i.first;g<i.end;g++)f[g]>=zn[this.scale]&&c.push([u,g,f[g]])}c.sort((u,f)=>u[2]-f[2]);let h=a!==null||l!==null;for(let[u,f,g]of c){let v=h&&(a===null||a===u)&&(l===null||l===f);e.globalAlpha=h&&!v?.15:1,e.strokeStyle=$e(ne(.25+.75*se(g,this.scale),E.theme)),e.lineWidth=.5+4*g,cs(e,s,f-i.first,u-n.first)}e.globalAlpha=1}drawGold(e,s,n,i){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,c],h)=>(l+c-1)/2-h.first;cs(e,s,a(o.columns,i)+.22,a(o.rows,n)+.22)}e.setLineDash([])}};q.styles=[$,w`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],p([m({attribute:!1})],q.prototype,"shown",2),p([m({attribute:!1})],q.prototype,"scale",2),p([m({attribute:!1})],q.prototype,"focused",2),p([m({attribute:!1})],q.prototype,"locked",2),p([m({attribute:!1})],q.prototype,"blocks",2),p([Je("canvas")],q.prototype,"canvas",2),q=p([x("qkv-word-links")],q);function ls(r,t){let e=Math.max(0,Math.min(t-Dt,r-Dt/2));return{first:e,end:Math.min(t,e+Dt)}}function cs(r,t,e,s){let[n,i]=[(e+.5)*It,(s+.5)*It];r.beginPath(),r.moveTo(0,n),r.bezierCurveTo(t/2,n,t/2,i,t,i),r.stroke()}var R=class extends b{constructor(){super(...arguments);this.place=0;this.hover=k;this.shown=null;this.reading=!0;this.failure="";this.opening=0;this.paneChosen=({detail:e})=>{let s={...this.pane,...e},n=this.selection.panes.map((o,a)=>a===this.place?s:o),i=s.map===this.pane.map;this.ask("qkv-select",i?{panes:n}:{panes:n,...k})}}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:s}=this.locked?this.selection:this.hover,[n,i]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<n?e:null,column:s!==null&&s<i?s:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?Br(this.shown.weights):"linear")}willUpdate(e){let s=e.get("selection"),{panes:n,unit:i}=this.selection,o=JSON.stringify(s?.panes[this.place])===JSON.stringify(n[this.place]);(e.has("selection")&&!(o&&s?.unit===i)||e.has("view"))&&this.open()}async open(){let e=++this.opening;this.reading=!0,this.failure="";try{let s=await Ur(this.view,this.pane,this.selection.unit);if(e!==this.opening)return;this.shown=s}catch(s){this.failure=String(s)}this.reading=!1}render(){let{view:e,shown:s}=this,{name:n,description:i,parts:o}=e.model??{},a=[n,i,o&&this.text.modelParts(o)];return d`
      <p class="model quiet">${a.filter(Boolean).join(" \xB7 ")}</p>
      ${this.failure?d`<p role="alert">${this.text.unreadable(this.failure)}</p>`:y}
      ${e.maps.length?this.renderSentence():d`<p>${this.text.noMaps}</p>`}
      ${s?this.renderFigures(s):y}
      <div class="beside">
        <qkv-outcome .view=${e} .unit=${s?.unit??"words"}></qkv-outcome>
        ${e.notes.length?this.renderSinks():y}
      </div>
    `}renderSentence(){return d`
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
    `}renderFigures(e){let{scale:s,focused:n,locked:i}=this,o=dr(this.view.gold,e),a=e.map.columns===0?this.view.picture:null;return d`
      <qkv-two-texts
        .shown=${e}
        .picture=${a}
        .scale=${s}
        .focused=${n}
        .locked=${i}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(e,o)}
        ${a?d`<qkv-picture-words .shown=${e} .picture=${a} .focused=${n}></qkv-picture-words>`:this.renderLinks(e,o)}
      </div>
      ${this.severalHeads?this.renderHeads():y}
    `}renderMap(e,s){let{gold:n}=this.view;return P(this.text.mapHeading,d`${this.text.mapExplained}${this.text.gap}${this.renderPrecision(e)}${n&&s.length?d`${this.text.gap}${this.text.goldLegend}${this.text.gap}${this.text.aer(Te(n.aer))}`:y}`,d`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${s}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `)}renderPrecision({weights:{precision:e,overview:s},layer:{kernel:n}}){let i=e===null?this.text.bound(...s.by):this.text.exact(fr(e));return n?`${i}${this.text.gap}${this.text.kernel(n)}`:i}renderLinks(e,s){return P(this.text.linksHeading,this.text.linksExplained,d`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${s}
      ></qkv-word-links>`)}get severalHeads(){return this.view.maps.flatMap(({layers:e})=>e.flatMap(({heads:s})=>s)).length>1}renderHeads(){return P(this.text.headsHeading,this.text.headsExplained,d`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`)}renderSinks(){return d`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`}};R.styles=[$,O,w`
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
    `],p([m({attribute:!1})],R.prototype,"view",2),p([m({attribute:!1})],R.prototype,"place",2),p([m({attribute:!1})],R.prototype,"selection",2),p([m({attribute:!1})],R.prototype,"hover",2),p([F()],R.prototype,"shown",2),p([F()],R.prototype,"reading",2),p([F()],R.prototype,"failure",2),R=p([x("qkv-view")],R);var jn=500,hs="qkv views 1";function Vn(r){let t=JSON.parse(r.getElementById("views")?.textContent??"");if(t.format!==hs)throw new Error(`${t.format}, not ${hs}`);return t}function Kn(r){return r.length>1&&r[0].title===r[1].title}var U=class extends b{constructor(){super(...arguments);this.report=null;this.failure="";this.hover=k;this.kept=-1/0;this.addressChanged=()=>{this.report&&(this.selection=this.selectionOfAddress(this.report.views))};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(k)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}open(){try{this.report=Vn(document),this.report.views.length&&(this.selection=this.selectionOfAddress(this.report.views))}catch(e){this.failure=String(e)}}selectionOfAddress(e){let s=yr(location.hash,e);return location.hash===""&&Kn(e)&&s.panes.push(fe(1,e[1])),s}select(e){let s={...this.selection,...e},n=`#${At(s)}`;n!==`#${At(this.selection)}`&&(this.selection=s,this.keepAddress(n))}keepAddress(e){let s=performance.now();s-this.kept<jn?history.replaceState(null,"",e):history.pushState(null,"",e),this.kept=s}point(e){this.hover=e}render(){return d`
      <header>
        <h1>${this.report?.title}</h1>
        <qkv-preferences-switch class="screen"></qkv-preferences-switch>
      </header>
      <main>${this.failure?d`<p role="alert">${this.text.unreadable(this.failure)}</p>`:this.renderViews()}</main>
    `}renderViews(){if(!this.report)return y;let{views:e}=this.report;if(e.length===0)return d`<p>${this.text.noViews}</p>`;let{panes:s}=this.selection;return d`
      ${this.renderChoice(e)}
      <div
        class="panes"
        data-count=${s.length}
        @qkv-hover=${({detail:n})=>this.point(n)}
        @qkv-select=${({detail:n})=>this.select(n)}
      >
        ${s.map((n,i)=>d`
            <qkv-view
              .view=${e[n.view]}
              .place=${i}
              .selection=${this.selection}
              .hover=${this.hover}
            ></qkv-view>
          `)}
      </div>
    `}renderChoice(e){let[s,n]=this.selection.panes,i=o=>a=>{let l=Number(a.target.value),c=l<0?[]:[fe(l,e[l])],h=o===0?[...c,...n?[n]:[]]:[s,...c];this.select({panes:h,...k})};return d`
      <p class="choice screen">
${e.length>1?this.renderTexts(e,i(0)):y}
        <label>${this.text.compareWith}
          <select @change=${i(1)}>
            <option value="-1" ?selected=${!n}>${this.text.nothingBeside}</option>
            ${ps(e,n?.view,this.text.itself)}
          </select>
        </label>
      </p>
    `}renderTexts(e,s){return d`<label>${this.text.views}
      <select @change=${s}>${ps(e,this.selection.panes[0].view,"")}</select>
    </label>`}};U.styles=[$,w`
      :host {
        max-width: 84rem;
        margin: 0 auto;
        padding: 1rem clamp(0.75rem, 4vw, 3rem) 4rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        justify-content: space-between;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.25rem/1.3 var(--serif);
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        margin-top: 0.75rem;
      }
      .panes {
        display: grid;
        gap: 0 3rem;
        grid-template-columns: minmax(0, 1fr);
      }
      @media (min-width: 60rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `],p([F()],U.prototype,"report",2),p([F()],U.prototype,"failure",2),p([F()],U.prototype,"selection",2),p([F()],U.prototype,"hover",2),U=p([x("qkv-report")],U);function ps(r,t,e){return r.map(({title:s,model:n},i)=>{let o=[i+1,s,n?.name].filter(Boolean).join(" \xB7 ");return d`<option value=${i} ?selected=${i===t}>
      ${r.length===1?e:o}
    </option>`})}or(document);document.body.append(document.createElement("qkv-report"));})();
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
