#!/usr/bin/env perl
# The types of wechat.js and useWechat.js name what these return, and the fields that validate.cgi answers with.
use strict;
use warnings;
use Kit;
use Test::More;

sub source { my ($path) = @_; return Kit::read_file("$Kit::TOP/$path") }
sub members { my ($type, $text) = @_; my ($body) = $text =~ /\Q$type\E\s*\{(.*?)^\}/ms or return; return [sort $body =~ /^\s*(\w+)\??(?:<[^>]*>)?[(:]/mg] }

my ($returned) = source('clients/wechat.js') =~ /window\.wechat = \{ (.*?) \};/ or die 'wechat.js';
is_deeply members('interface Wechat', source('clients/wechat.d.ts')), [sort $returned =~ /(\w+):/g], 'wechat.d.ts: each function of wechat.js';
my ($options) = source('clients/wechat.js') =~ /Options: (.*?) where/s or die 'options';
is_deeply members('interface WechatConfigOptions', source('clients/wechat.d.ts')), [sort grep { $_ ne 'WeChat' } $options =~ /(\w+)(?=[,;:])/g], 'and each option of config()';
my ($given) = source('html/vue/src/useWechat.js') =~ /return \{ ([\w, ]+) \};\s*\}\s*\z/ or die 'useWechat.js';
is_deeply members('useWechat():', source('html/vue/src/useWechat.d.ts')), [sort split /, /, $given], 'useWechat.d.ts: what useWechat() returns';

# introspection_answer_active(), without what only a client is told, and what comes with another status.
my ($active) = source('lib/signin/introspection.c') =~ /^introspection_answer_active\(.*?^\{(.*?)^\}/ms or die 'introspection.c';
my ($profile) = $active =~ /profile\[\] = \{(.*?)\}/s or die 'profile';
my @fields = sort grep { $_ ne 'error' } $profile =~ /"(\w+)"/g, $active =~ /pairs_add(?:_number|_typed)?\(&fields, "(\w+)", (?!asked)/g, $active =~ /add_roles/ ? 'roles' : ();
is_deeply members('export interface WechatUser', source('html/vue/src/useWechat.d.ts')), \@fields, 'its user: the fields of validate.cgi';
is_deeply members('interface WechatUser', source('clients/wechat.d.ts')), [sort 'openid', @fields], 'and that of wechat.d.ts, with openid';
done_testing;
